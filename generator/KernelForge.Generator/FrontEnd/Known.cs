using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>The language's own types and attributes, told by name: no lookup in a compilation, so that it costs nothing.</summary>
internal static class Known
{
    public const string LayerAttribute = "KernelForge.TransformerLayerAttribute";
    public const string ModelAttribute = "KernelForge.TransformerModelAttribute";
    public const string FunctionAttribute = "KernelForge.LayerFunctionAttribute";

    private static readonly SymbolDisplayFormat FullNameFormat = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    public static bool IsLanguage(ITypeSymbol? type, string name) =>
        type is { ContainingType: null } && type.Name == name && IsLanguage(type);

    /// <summary>Whether the type is one of the language itself, whatever assembly defines it.</summary>
    public static bool IsLanguage(ITypeSymbol? type) =>
        type?.ContainingNamespace is { Name: "KernelForge", ContainingNamespace.IsGlobalNamespace: true };

    public static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => IsLanguage(a.AttributeClass, name));

    /// <summary>What <c>[Precision]</c> of a class or field says; null where it has none.</summary>
    public static ProductPrecision? PrecisionOf(ISymbol symbol) =>
        Attribute(symbol, "PrecisionAttribute") is { ConstructorArguments: [{ Value: int value }] } ? (ProductPrecision)value : null;

    public static bool IsModel(INamedTypeSymbol type) => Attribute(type, "TransformerModelAttribute") is not null;

    public static bool IsLayer(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } named
        && (Attribute(named, "TransformerLayerAttribute") is not null || IsModel(named));

    public static bool IsFunction(IMethodSymbol method) => method.IsStatic && Attribute(method, "LayerFunctionAttribute") is not null;

    /// <summary>Whether a member is how a layer is entered: <c>Forward</c>, or an indexer.</summary>
    public static bool IsEntry(ISymbol member) => member is { IsStatic: false, DeclaredAccessibility: not Accessibility.Private }
        and (IMethodSymbol { Name: "Forward", MethodKind: MethodKind.Ordinary } or IPropertySymbol { IsIndexer: true });

    public static bool IsLayers(ITypeSymbol? type) => type is INamedTypeSymbol { Arity: 1 } && IsLanguage(type, "Layers");

    public static string FullName(ITypeSymbol type) => type.ToDisplayString(FullNameFormat);

    /// <summary>The name of a namespace, empty for the global one.</summary>
    public static string NamespaceOf(ISymbol symbol) =>
        symbol.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "";

    /// <summary>The key of a layer function: full name and parameter types, as overloads share a name.</summary>
    public static string FunctionId(IMethodSymbol method)
    {
        IEnumerable<string> types = method.Parameters.Select(p => p.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
        return $"{FullName(method.ContainingType)}.{method.Name}({string.Join(", ", types)})";
    }

    /// <summary>What kind of value a C# type is in the language (a nullable one like the type beneath), or null where it is none.</summary>
    public static ValueKind? KindOf(ITypeSymbol? type) => type switch
    {
        null => null,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => KindOf(nullable.TypeArguments[0]),
        INamedTypeSymbol { IsTupleType: true } => ValueKind.Tuple,
        { TypeKind: TypeKind.Enum } => ValueKind.Enumeration,
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType.SpecialType switch
        {
            SpecialType.System_Int32 => ValueKind.IntegerArray,
            SpecialType.System_String => ValueKind.TextArray,
            _ => null,
        },
        _ => type.SpecialType switch
        {
            SpecialType.System_Int32 => ValueKind.Integer,
            SpecialType.System_Single or SpecialType.System_Double => ValueKind.Real,
            SpecialType.System_Boolean => ValueKind.Boolean,
            SpecialType.System_String => ValueKind.Text,
            _ when !IsLanguage(type) => null,
            _ => type.Name switch
            {
                "Tokens" or "Parameter" => ValueKind.Tokens,
                "TokenIds" => ValueKind.TokenIds,
                "Integers" => ValueKind.Integers,
                "Activation" => ValueKind.Activation,
                "Row" => ValueKind.Row,
                "RowSpace" => ValueKind.RowSpace,
                _ => null,
            },
        },
    };

    /// <summary>By what name a static method is an operation of the language; null for one that is none.</summary>
    public static string? OpOf(IMethodSymbol method) => (IsLanguage(method.ContainingType), method.ContainingType.Name, method.Name) switch
    {
        (true, "Ops", string name) => name,
        (true, "Activation", "Parse") => "Activation.Parse",
        (true, "RowSpace", "Table") => "RowSpace.Table",
        _ => null,
    };

    /// <summary>Whether a method is one that values have in a description: <c>x.Length(t)</c>, <c>rows.WithLengths(lengths)</c>.</summary>
    public static bool IsMethodOfValue(IMethodSymbol method) => IsLanguage(method.ContainingType)
        && method is { IsStatic: false, MethodKind: MethodKind.Ordinary, Name: "Length" or "WithLengths" or "Select" };

    /// <summary>Whether a tree was written by a generator: its members are no part of what a person describes.</summary>
    public static bool IsGenerated(SyntaxTree tree) => tree.FilePath.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase);
}
