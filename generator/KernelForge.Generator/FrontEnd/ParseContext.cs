using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace KernelForge.Generator.FrontEnd;

/// <summary>
/// What is gathered while one layer or function is read: findings, the fields and helper methods it uses, and what it refers to outside.
/// </summary>
/// <param name="layer">The layer's class, or null while a function is read.</param>
/// <param name="spans">Null where places do not matter: then an edit that only moves text gives an equal specification.</param>
internal sealed class ParseContext(
    string owner, INamedTypeSymbol? layer, Compilation compilation, SpanMap? spans, CancellationToken cancellation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];

    public INamedTypeSymbol? Layer => layer;

    public Compilation Compilation => compilation;

    public CancellationToken Cancellation => cancellation;

    public List<Finding> Findings { get; } = [];

    /// <summary>Whether something could not be read: by a finding, or by an error that C# itself reports.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The names of the body that is being read.</summary>
    public LocalNames Locals { get; set; } = new();

    /// <summary>What else can be done about a body that the language does not have, to end a message with; mostly empty.</summary>
    public string Remedy { get; set; } = "";

    public HashSet<string> UsedFields { get; } = new(StringComparer.Ordinal);

    /// <summary>The helper methods that are called, in the order of their first call, with the place of that call.</summary>
    public List<(IMethodSymbol Method, SyntaxNode Call)> OwnMethods { get; } = [];

    public Dictionary<INamedTypeSymbol, SyntaxNode> Layers { get; } = new(SymbolEqualityComparer.Default);

    public Dictionary<IMethodSymbol, SyntaxNode> Functions { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Whether a type is the layer that is being read.</summary>
    public bool IsLayer(ITypeSymbol type) => SymbolEqualityComparer.Default.Equals(type, layer);

    /// <summary>The declaration of a symbol, or null where it has none in the source.</summary>
    public SyntaxNode? SyntaxOf(ISymbol symbol) => symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);

    public SemanticModel ModelOf(SyntaxTree tree)
    {
        if (!models.TryGetValue(tree, out SemanticModel? model))
        {
#pragma warning disable RS1030 // A layer may be written in several files; each tree's model is made once a layer.
            model = compilation.GetSemanticModel(tree);
#pragma warning restore RS1030
            models.Add(tree, model);
        }
        return model;
    }

    public void Report(Rule rule, SyntaxNode at, string message) => Report(rule, at.SyntaxTree, at.Span, message);

    public void Report(Rule rule, SyntaxToken at, string message) => Report(rule, at.SyntaxTree!, at.Span, message);

    public void Report(Rule rule, SyntaxTree tree, TextSpan span, string message)
    {
        if (rule.Severity == Severity.Error) IsBroken = true;
        Findings.Add(new Finding(rule, owner, SpanOf(tree, span), message));
    }

    /// <summary>Notes that C# itself has an error here, which the user sees already.</summary>
    public void Break() => IsBroken = true;

    public SourceSpan SpanOf(SyntaxNode node) => SpanOf(node.SyntaxTree, node.Span);

    public SourceSpan SpanOf(SyntaxToken token) => SpanOf(token.SyntaxTree!, token.Span);

    public SourceSpan SpanOf(SyntaxTree tree, TextSpan span) => spans?.Of(tree, span) ?? default;

    public void Refer(INamedTypeSymbol to, SyntaxNode at)
    {
        if (!Layers.ContainsKey(to)) Layers.Add(to, at);
    }

    public void Refer(IMethodSymbol to, SyntaxNode at)
    {
        if (!Functions.ContainsKey(to)) Functions.Add(to, at);
    }

    /// <summary>Notes the call of a helper method and returns the name by which its specification goes.</summary>
    public string Own(IMethodSymbol method, SyntaxNode call)
    {
        if (!OwnMethods.Any(m => SymbolEqualityComparer.Default.Equals(m.Method, method))) OwnMethods.Add((method, call));
        return NameOf(method);
    }

    /// <summary>The method's name, with its parameter types where the class has several of that name.</summary>
    public static string NameOf(IMethodSymbol method)
    {
        if (method.AssociatedSymbol is IPropertySymbol property) return property.IsIndexer ? "this" : property.Name;
        if (method.ContainingType.GetMembers(method.Name).Length == 1) return method.Name;
        IEnumerable<string> types = method.Parameters.Select(p => p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        return $"{method.Name}({string.Join(", ", types)})";
    }
}
