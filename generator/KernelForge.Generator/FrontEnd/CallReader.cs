using System.Collections.Immutable;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Calls: which of the few things that can be called one is, and with which arguments.</summary>
internal sealed class CallReader(ParseContext context, ExpressionReader expressions)
{
    public Expr Read(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        INamedTypeSymbol type = method.ContainingType;
        EquatableArray<Argument> arguments = Arguments(call.Arguments);

        if (Known.IsFunction(method))
        {
            context.Refer(method, call.Syntax);
            return new CallExpr(CallTarget.Function, Known.FunctionId(method), Receiver: null, arguments);
        }
        if (Known.IsLanguage(type, "Ops") || IsMathOfAnOp(method))
            return new CallExpr(CallTarget.Op, method.Name, Receiver: null, arguments);
        if (Known.IsLanguage(type, "Activation") && method.Name == "Parse")
            return new CallExpr(CallTarget.Op, "Activation.Parse", Receiver: null, arguments);

        if (context.IsLayer(type) && (method.IsStatic || call.Instance is IInstanceReferenceOperation))
        {
            return Known.IsEntry(method)
                ? expressions.Unsupported(call, "a layer does not call itself; repeat with 'for' or Layers<T>", Rules.Recursion)
                : new CallExpr(CallTarget.OwnMethod, context.Own(method, call.Syntax), Receiver: null, arguments);
        }
        if (Known.IsLayer(type) && Known.IsEntry(method) && call.Instance is { } receiver)
        {
            context.Refer(type, call.Syntax);
            return new CallExpr(CallTarget.LayerMethod, method.Name, expressions.Read(receiver), arguments);
        }
        return Unknown(call);
    }

    /// <summary>The one object that a body may make: an activation that the description fixes.</summary>
    public Expr Read(IObjectCreationOperation creation) => Known.IsLanguage(creation.Type, "Activation")
        ? new CallExpr(CallTarget.Op, "Activation", Receiver: null, Arguments(creation.Arguments))
        : expressions.Unsupported(creation, Known.IsLanguage(creation.Type) || Known.IsLayer(creation.Type)
            ? "parameters and layers are fields, made once"
            : "a layer computes with values and makes no objects");

    /// <summary>
    /// The arguments in the order of the parameters. A name is kept where the user wrote it, and given where an optional parameter before
    /// it was left out; elements of a <c>params</c> array stand one by one.
    /// </summary>
    public EquatableArray<Argument> Arguments(ImmutableArray<IArgumentOperation> arguments)
    {
        var result = new List<Argument>();
        bool omitted = false;
        foreach (IArgumentOperation argument in arguments.OrderBy(a => a.Parameter?.Ordinal ?? 0))
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue)
            {
                omitted = true;
                continue;
            }
            if (argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection)
            {
                result.AddRange(Elements(argument.Value).Select(element => new Argument(null, expressions.Read(element))));
                continue;
            }
            bool named = argument.Syntax is ArgumentSyntax { NameColon: not null };
            result.Add(new Argument(named || omitted ? argument.Parameter?.Name : null, expressions.Read(argument.Value)));
        }
        return result.ToEquatableArray();
    }

    private static ImmutableArray<IOperation> Elements(IOperation value) => value switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        IConversionOperation conversion => Elements(conversion.Operand),
        _ => [],
    };

    /// <summary><c>Math.Sqrt</c> and friends compute on the host what the op of that name computes everywhere.</summary>
    private bool IsMathOfAnOp(IMethodSymbol method) =>
        IsOfMath(method)
        && context.Compilation.GetTypeByMetadataName("KernelForge.Ops") is { } ops
        && ops.GetMembers(method.Name).OfType<IMethodSymbol>().Any(op =>
            !Known.IsFunction(op)
            && op.Parameters.Length == method.Parameters.Length
            && op.Parameters.All(p => Known.KindOf(p.Type) is ValueKind.Real or ValueKind.Integer));

    private static bool IsOfMath(IMethodSymbol method) =>
        method.ContainingType is { Name: "Math" or "MathF", ContainingNamespace.Name: "System" };

    private NullExpr Unknown(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        string remedy = method switch
        {
            _ when Known.IsLayer(method.ContainingType) => "of another layer only Forward and its indexer are called",
            { IsStatic: true, DeclaringSyntaxReferences.Length: > 0 } =>
                "mark it [LayerFunction], so that its body is compiled with the layer",
            _ when IsOfMath(method) => "KernelForge.Ops has no op of that name",
            _ => "call an op of KernelForge.Ops, a [LayerFunction], a private method of the layer, or another layer",
        };
        context.Report(Rules.UnknownCall, call.Syntax, $"'{method.ContainingType.Name}.{method.Name}' cannot be compiled: {remedy}");
        return new NullExpr();
    }
}
