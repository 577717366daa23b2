using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>A static method with <c>[LayerFunction]</c> to its specification.</summary>
internal static class FunctionReader
{
    /// <returns>Null for a method of a layer's instance, which is read with the layer.</returns>
    public static Reading<ParsedFunction>? Read(
        IMethodSymbol method, Compilation compilation, bool withSpans, CancellationToken cancellation)
    {
        if (!method.IsStatic
            || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not MethodDeclarationSyntax declaration
            || declaration.Parent is not TypeDeclarationSyntax type)
            return null;

        var spans = new SpanMap([declaration]);
        string id = Known.FunctionId(method);
        var context = new ParseContext(id, layer: null, compilation, withSpans ? spans : null, cancellation);
        string? obstacle = Reopening.Obstacle(type);
        if (obstacle is not null)
            context.Report(Rules.NotPartial, declaration.Identifier, $"{obstacle}, as the function's specification is stored on it");
        if (method.IsGenericMethod)
            context.Report(Rules.NotPartial, declaration.Identifier,
                $"'{method.Name}' is generic; a layer function has no type parameters");

        FunctionSpec spec = new MethodReader(context, new ExpressionReader(context)).ReadFunction(method);
        StoredSpecifications stored = LayerReader.ReadStored(context);
        var parsed = new ParsedFunction(
            spec, context.IsBroken, CanReopen: obstacle is null, Known.FullName(method.ContainingType), Known.NamespaceOf(method),
            [.. Reopening.Containing(type), Reopening.Declaration(type)], stored.Functions);
        return Reading<ParsedFunction>.Of(parsed, context, spans);
    }
}
