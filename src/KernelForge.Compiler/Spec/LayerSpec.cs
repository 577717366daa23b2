namespace KernelForge.Compiler.Spec;

/// <summary>A layer or model as its class describes it: a value without any Roslyn type in it.</summary>
/// <param name="Id">The full name with namespace (and containing types, dotted): the key by which others refer to it.</param>
/// <param name="Namespace">Empty for the global namespace.</param>
/// <param name="ContainingTypes">Declarations of the types around it, outermost first, as they are reopened: <c>public static partial class Outer</c>.</param>
/// <param name="Declaration">How the class is reopened: <c>public sealed partial class BertLayer</c>.</param>
public sealed record LayerSpec(
    string Id,
    string Namespace,
    string Name,
    EquatableArray<string> ContainingTypes,
    string Declaration,
    LayerKind Kind,
    EquatableArray<HyperParameter> HyperParameters,
    EquatableArray<FieldSpec> Fields,
    EquatableArray<MethodSpec> Methods,
    EquatableArray<Requirement> Requirements,
    EquatableArray<string> IgnoredWeights)
{
    /// <summary>Where the class's name stands.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>
    /// The entry's parameter whose rows go on from run to run, empty where there is no choice; null for a layer that is not incremental.
    /// </summary>
    public string? Incremental { get; init; }

    /// <summary>In which numbers its products are computed, as its class says; null where it does not.</summary>
    public ProductPrecision? Precision { get; init; }

    public MethodSpec? Entry => Methods.FirstOrDefault(m => m.IsEntry);
}

public enum LayerKind { Layer, Model }

/// <summary>In which numbers rows are multiplied with weights: the language's own names.</summary>
public enum ProductPrecision { Float32, BFloat16, Int8 }

/// <summary>A constructor parameter.</summary>
/// <param name="Keys">Keys of the configuration file, in order of preference; empty when it is not bound.</param>
/// <param name="Type">The C# type without its question mark, for generated text: <c>int</c>, <c>KernelForge.Activation</c>.</param>
/// <param name="Default">The C# default value, or null where there is none.</param>
public sealed record HyperParameter(string Name, ValueKind Kind, string Type, bool IsNullable, EquatableArray<string> Keys, Expr? Default)
{
    public SourceSpan Span { get; init; }
}

/// <summary>The kinds of value that the language has.</summary>
public enum ValueKind { Tokens, TokenIds, Integers, Integer, Real, Boolean, Text, Activation, Row, Tuple, Enumeration, IntegerArray, TextArray, RowSpace }

/// <summary>A field of the layer.</summary>
/// <param name="WeightNames">Names in a checkpoint relative to the layer, in order of preference; the field's own name where none was written.</param>
public abstract record FieldSpec(string Name, EquatableArray<string> WeightNames)
{
    public SourceSpan Span { get; init; }

    /// <summary>In which numbers the products of its weights are computed; null where the field does not say.</summary>
    public ProductPrecision? Precision { get; init; }
}

/// <summary><c>Parameter</c>: a row of <paramref name="Columns"/> values, or a table of <paramref name="Rows"/> such rows.</summary>
public sealed record ParameterField(string Name, EquatableArray<string> WeightNames, Expr? Rows, Expr Columns, Expr? Present) : FieldSpec(Name, WeightNames);

public sealed record LinearField(
    string Name, EquatableArray<string> WeightNames, Expr Inputs, Expr Outputs, Expr? Bias, Expr? Transposed, Expr? Present = null)
    : FieldSpec(Name, WeightNames);

/// <summary>
/// <c>LinearBank</c>: <paramref name="Count"/> linears, of which each row is given one. <c>{e}</c> in a weight name stands for the linear's
/// number; a name without it is that of one tensor for all.
/// </summary>
public sealed record LinearBankField(
    string Name, EquatableArray<string> WeightNames, Expr Count, Expr Inputs, Expr Outputs, Expr? Bias, Expr? Transposed)
    : FieldSpec(Name, WeightNames);

public sealed record EmbeddingField(string Name, EquatableArray<string> WeightNames, Expr Rows, Expr Features) : FieldSpec(Name, WeightNames);

/// <summary>Another layer, constructed with <paramref name="Arguments"/>.</summary>
public sealed record LayerField(string Name, EquatableArray<string> WeightNames, string LayerId, EquatableArray<Argument> Arguments) : FieldSpec(Name, WeightNames);

/// <summary><c>Layers&lt;T&gt;</c>; <paramref name="IndexName"/> is the lambda's parameter where it has one.</summary>
public sealed record LayersField(
    string Name, EquatableArray<string> WeightNames, string LayerId, Expr Count, string? IndexName, EquatableArray<Argument> Arguments)
    : FieldSpec(Name, WeightNames);

/// <summary>A field computed from hyper-parameters: <c>private readonly int headDim = hidden / heads;</c>.</summary>
public sealed record ValueField(string Name, ValueKind Kind, Expr Value) : FieldSpec(Name, []);

/// <param name="IsEntry"><c>Forward</c> or the indexer of a layer: what <c>Run</c> mirrors.</param>
/// <param name="IsIndexer">Entry by <c>this[Tokens x]</c>; its name is <c>this</c>.</param>
public sealed record MethodSpec(
    string Name, bool IsEntry, bool IsIndexer, EquatableArray<MethodParameter> Parameters, EquatableArray<ValueKind> Results, EquatableArray<Statement> Body)
{
    public SourceSpan Span { get; init; }
}

public sealed record MethodParameter(string Name, ValueKind Kind)
{
    /// <summary>The C# default value, or null where there is none.</summary>
    public Expr? Default { get; init; }
}

/// <summary>A <c>[LayerFunction]</c>. <paramref name="Id"/> has the full name and parameter types, as overloads share a name: <c>KernelForge.Ops.Silu(Tokens)</c>.</summary>
public sealed record FunctionSpec(
    string Id, string Name, EquatableArray<MethodParameter> Parameters, ValueKind Result, EquatableArray<Statement> Body)
{
    public SourceSpan Span { get; init; }
}

/// <summary>A value of the configuration that the description covers: <c>[Requires("position_embedding_type", "absolute")]</c>.</summary>
public sealed record Requirement(string Key, EquatableArray<Expr> Values);
