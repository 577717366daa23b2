using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Signatures and bodies: the methods of a layer, and layer functions.</summary>
internal sealed class MethodReader
{
    private readonly ParseContext context;
    private readonly BodyReader bodies;

    public MethodReader(ParseContext context, ExpressionReader expressions)
    {
        this.context = context;
        bodies = new BodyReader(context, expressions);
    }

    /// <summary>The entry, then every helper method that it reaches, in the order of the first call.</summary>
    public EquatableArray<MethodSpec> ReadReached(IMethodSymbol entry)
    {
        var methods = new List<MethodSpec>();
        methods.Add(Read(entry, isEntry: true));
        // Reading a method may add more of them.
        for (int i = 0; i < context.OwnMethods.Count; i++) methods.Add(Read(context.OwnMethods[i].Method, isEntry: false));
        foreach ((IMethodSymbol method, SyntaxNode call) in context.OwnMethods)
            if (IsRecursive(ParseContext.NameOf(method), methods))
                context.Report(Rules.Recursion, call,
                    $"'{method.Name}' calls itself, directly or through another method; repeat with 'for' or Layers<T>");
        return methods.ToEquatableArray();
    }

    public FunctionSpec ReadFunction(IMethodSymbol method)
    {
        EquatableArray<ValueKind> results = Results(method);
        ValueKind result = results.Count == 1 ? results[0] : ValueKind.Tuple;
        var function = new FunctionSpec(Known.FunctionId(method), method.Name, Parameters(method), result, bodies.Read(method));
        return function with { Span = NameSpan(method) };
    }

    private MethodSpec Read(IMethodSymbol method, bool isEntry)
    {
        bool isIndexer = method.AssociatedSymbol is IPropertySymbol { IsIndexer: true };
        string name = ParseContext.NameOf(method);
        var spec = new MethodSpec(name, isEntry, isIndexer, Parameters(method), Results(method), bodies.Read(method));
        return spec with { Span = NameSpan(method) };
    }

    private EquatableArray<MethodParameter> Parameters(IMethodSymbol method) => method.Parameters.Select(parameter =>
    {
        if (parameter.RefKind != RefKind.None)
            Report(parameter, $"parameter '{parameter.Name}' is passed by reference; pass a value and return one");
        ValueKind kind = KindOf(parameter.Type, parameter) ?? ValueKind.Tokens;
        return new MethodParameter(parameter.Name, kind) { Default = ConstantReader.DefaultOf(parameter) };
    }).ToEquatableArray();

    private EquatableArray<ValueKind> Results(IMethodSymbol method) => method.ReturnType is INamedTypeSymbol { IsTupleType: true } tuple
        ? tuple.TupleElements.Select(e => KindOf(e.Type, method) ?? ValueKind.Tokens).ToEquatableArray()
        : [KindOf(method.ReturnType, method) ?? ValueKind.Tokens];

    private ValueKind? KindOf(ITypeSymbol type, ISymbol at)
    {
        if (type is IErrorTypeSymbol) context.Break();
        ValueKind? kind = Known.KindOf(type);
        if (kind is null && type is not IErrorTypeSymbol)
            Report(at, $"'{type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}' is no value of the language; "
                + "values are Tokens, TokenIds, Integers, RowSpace, Row, Activation, int, float, double, bool, string, enums, "
                + "int[], string[], and tuples of them");
        return kind;
    }

    private void Report(ISymbol at, string message)
    {
        if (context.SyntaxOf(at) is not { } syntax) return;
        SyntaxNode place = syntax switch
        {
            ParameterSyntax { Type: { } type } => type,
            MethodDeclarationSyntax method => method.ReturnType,
            _ => syntax,
        };
        context.Report(Rules.UnsupportedExpression, place, message);
    }

    private SourceSpan NameSpan(IMethodSymbol method)
    {
        return context.SyntaxOf(method)?.FirstAncestorOrSelf<MemberDeclarationSyntax>() switch
        {
            MethodDeclarationSyntax declaration => context.SpanOf(declaration.Identifier),
            IndexerDeclarationSyntax indexer => context.SpanOf(indexer.ThisKeyword),
            PropertyDeclarationSyntax property => context.SpanOf(property.Identifier),
            _ => default,
        };
    }

    private static bool IsRecursive(string name, List<MethodSpec> methods)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([name]);
        while (open.Count > 0)
        {
            string next = open.Pop();
            IEnumerable<MethodSpec> bodies = methods.Where(m => m.Name == next && !m.IsEntry);
            foreach (string called in bodies.SelectMany(m => CallWalk.Names(m.Body, CallTarget.OwnMethod)))
            {
                if (called == name) return true;
                if (reached.Add(called)) open.Push(called);
            }
        }
        return false;
    }
}
