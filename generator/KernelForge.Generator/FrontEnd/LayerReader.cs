using System.Collections.Immutable;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>A class with <c>[TransformerLayer]</c> or <c>[TransformerModel]</c> to its specification.</summary>
internal static class LayerReader
{
    /// <param name="withSpans">Whether findings and expressions carry their places; without, moving text changes nothing.</param>
    public static Reading<ParsedLayer>? Read(INamedTypeSymbol type, Compilation compilation, bool withSpans, CancellationToken cancellation)
    {
        ImmutableArray<SyntaxNode> parts =
        [
            .. type.DeclaringSyntaxReferences.Where(r => !Known.IsGenerated(r.SyntaxTree))
                .Select(r => r.GetSyntax(cancellation)).OrderBy(IsBare),
        ];
        if (parts.FirstOrDefault() is not TypeDeclarationSyntax declaration) return null;

        var spans = new SpanMap(parts);
        var context = new ParseContext(Known.FullName(type), type, compilation, withSpans ? spans : null, cancellation);
        string? obstacle = ClassRules.Check(context, type, declaration);
        EquatableArray<string> takenNames = ClassRules.CheckNames(context, type);

        var expressions = new ExpressionReader(context);
        EquatableArray<HyperParameter> hyperParameters = new HyperParameterReader(context).Read(type);
        EquatableArray<FieldSpec> fields = Fields(context, expressions, type, parts);
        EquatableArray<MethodSpec> methods =
            Entry(context, type, declaration) is { } entry ? new MethodReader(context, expressions).ReadReached(entry) : [];
        ReportUnused(context, fields);
        StoredSpecifications stored = ReadStored(context);

        var spec = new LayerSpec(
            Id: Known.FullName(type),
            Namespace: Known.NamespaceOf(type),
            Name: type.Name,
            ContainingTypes: Reopening.Containing(declaration),
            Declaration: Reopening.Declaration(declaration),
            Kind: Known.IsModel(type) ? LayerKind.Model : LayerKind.Layer,
            HyperParameters: hyperParameters,
            Fields: fields,
            Methods: methods,
            Requirements: Requirements(type),
            IgnoredWeights: ConstantReader.Texts(Known.Attribute(type, "IgnoreWeightsAttribute")))
        {
            Span = context.SpanOf(declaration.Identifier),
            Incremental = Incremental(Known.Attribute(type, "IncrementalAttribute")),
            Precision = Known.PrecisionOf(type),
        };
        var parsed = new ParsedLayer(spec, context.IsBroken, CanReopen: obstacle is null, takenNames, stored.Layers, stored.Functions);
        return Reading<ParsedLayer>.Of(parsed, context, spans);
    }

    /// <summary>Reads what is referred to in other assemblies, and reports each reference that leads to something unknown.</summary>
    public static StoredSpecifications ReadStored(ParseContext context)
    {
        var stored = new StoredSpecifications(context.Compilation);
        foreach (KeyValuePair<INamedTypeSymbol, SyntaxNode> layer in context.Layers) Try(() => stored.Add(layer.Key), layer.Value);
        foreach (KeyValuePair<IMethodSymbol, SyntaxNode> function in context.Functions) Try(() => stored.Add(function.Key), function.Value);
        return stored;

        void Try(Action add, SyntaxNode at)
        {
            try
            {
                add();
            }
            catch (FormatException e)
            {
                context.Report(Rules.NoSpecification, at, e.Message);
            }
        }
    }

    private static bool IsBare(SyntaxNode part) => part is TypeDeclarationSyntax { AttributeLists.Count: 0 };

    private static EquatableArray<FieldSpec> Fields(
        ParseContext context, ExpressionReader expressions, INamedTypeSymbol type, ImmutableArray<SyntaxNode> parts)
    {
        var reader = new FieldReader(context, expressions);
        var fields = new List<FieldSpec>();
        foreach (ISymbol member in type.GetMembers().Where(m => IsIn(parts, m)))
        {
            if (member is IPropertySymbol property) reader.Check(property);
            if (member is IFieldSymbol { AssociatedSymbol: null } field && reader.Read(field) is { } spec) fields.Add(spec);
        }
        return fields.ToEquatableArray();
    }

    private static IMethodSymbol? Entry(ParseContext context, INamedTypeSymbol type, TypeDeclarationSyntax declaration)
    {
        ISymbol[] entries =
            [.. type.GetMembers().Where(m => Known.IsEntry(m) && m.DeclaringSyntaxReferences.Any(r => !Known.IsGenerated(r.SyntaxTree)))];
        if (entries.Length == 1) return entries[0] is IPropertySymbol indexer ? indexer.GetMethod : (IMethodSymbol)entries[0];

        SyntaxNode? second = entries.Length > 1 ? context.SyntaxOf(entries[1]) : null;
        SyntaxToken at = second switch
        {
            MethodDeclarationSyntax method => method.Identifier,
            IndexerDeclarationSyntax indexer => indexer.ThisKeyword,
            _ => declaration.Identifier,
        };
        context.Report(Rules.NoEntry, at, entries.Length == 0
            ? $"'{type.Name}' has no entry; write 'public Tokens Forward(Tokens x)' or 'public Tokens this[Tokens x]'"
            : $"'{type.Name}' has {entries.Length} entries and Run mirrors one; make the others private methods of other names");
        return null;
    }

    private static void ReportUnused(ParseContext context, EquatableArray<FieldSpec> fields)
    {
        // What could not be read may have used it.
        if (context.IsBroken) return;
        foreach (FieldSpec field in fields.Where(f => f is not ValueField && !context.UsedFields.Contains(f.Name)))
        {
            SyntaxNode? at = context.SyntaxOf(context.Layer!.GetMembers(field.Name)[0]);
            context.Report(Rules.UnusedParameter, ((VariableDeclaratorSyntax)at!).Identifier,
                $"'{field.Name}' is never used, so that its weights would be loaded for nothing; use it or remove it");
        }
    }

    private static string? Incremental(AttributeData? attribute) =>
        attribute is null ? null : attribute.ConstructorArguments is [{ Value: string input }] ? input : "";

    private static EquatableArray<Requirement> Requirements(INamedTypeSymbol type) => type.GetAttributes()
        .Where(a => Known.IsLanguage(a.AttributeClass, "RequiresAttribute") && a.ConstructorArguments is [{ Value: string }, _])
        .Select(a => new Requirement((string)a.ConstructorArguments[0].Value!, RequiredValues(a.ConstructorArguments[1])))
        .ToEquatableArray();

    private static EquatableArray<Expr> RequiredValues(TypedConstant values) =>
        values.IsNull ? [new NullExpr()] : values.Values.Select(ConstantReader.Read).OfType<Expr>().ToEquatableArray();

    private static bool IsIn(ImmutableArray<SyntaxNode> parts, ISymbol member) => member.DeclaringSyntaxReferences
        .Any(r => parts.Any(part => part.SyntaxTree == r.SyntaxTree && part.Span.Contains(r.Span)));
}
