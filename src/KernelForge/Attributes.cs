namespace KernelForge;

/// <summary>
/// Marks a class that describes a layer: a primary constructor, parameter fields, and an entry <c>Forward(…)</c> or <c>this[Tokens x]</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TransformerLayerAttribute : Attribute;

/// <summary>Marks a layer that stands at the top: its constructor binds to a <c>config.json</c>, its weights to a checkpoint.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TransformerModelAttribute : Attribute;

/// <summary>Marks a static method, or a private method of a layer, that layers call as if its body stood at the call.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class LayerFunctionAttribute : Attribute;

/// <summary>
/// What a field's weights are called in a checkpoint, the preferred name first. <c>{i}</c> in the name of <see cref="Layers{T}"/>
/// stands for the layer's index, <c>{e}</c> for the number of a <see cref="LinearBank"/>'s linear, where each has a tensor of its own; an
/// empty name adds nothing to the path. Without the attribute the field's own name serves.
/// </summary>
[AttributeUsage(AttributeTargets.Field, Inherited = false)]
public sealed class WeightAttribute(params string[] names) : Attribute
{
    /// <summary>The alternatives, the preferred one first.</summary>
    public string[] Names { get; } = names;
}

/// <summary>
/// The configuration key that a model's constructor parameter takes its value from; several are alternatives, a dot reaches into a nested
/// object, and a last <c>.count</c> is the number of an object's or array's entries. A parameter with a nullable type or a default value may
/// be missing.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class ConfigAttribute(params string[] keys) : Attribute
{
    /// <summary>The alternatives, the preferred one first.</summary>
    public string[] Keys { get; } = keys;
}

/// <summary>
/// States what the description covers: where the configuration has <paramref name="key"/> with another value than these, loading refuses it
/// by name. An absent or null key passes, and so does a list with one of these values in it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RequiresAttribute(string key, params object?[]? values) : Attribute
{
    /// <summary>The configuration key; a dot reaches into a nested object.</summary>
    public string Key { get; } = key;

    /// <summary>The values that the description covers.</summary>
    public object?[] Values { get; } = values ?? [null]; // A lone null arrives as no array at all.
}

/// <summary>Names tensors of a checkpoint that the model knowingly does not use; <c>*</c> stands for any characters.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class IgnoreWeightsAttribute(params string[] patterns) : Attribute
{
    /// <summary>The patterns of full tensor names.</summary>
    public string[] Patterns { get; } = patterns;
}

/// <summary>
/// Makes a layer that can go on with sequences it has run before: beside <c>Run</c> it gets <c>NewCache</c>, <c>Prefill</c> and <c>Step</c>.
/// What a row gives may then depend on its own and earlier rows of its sequence alone; where it does not, that is reported.
/// </summary>
/// <param name="input">
/// The entry's parameter whose rows go on from run to run; it may be left out where all parameters have the same rows. The others are
/// given once for each sequence: what an encoder reads.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class IncrementalAttribute(string? input = null) : Attribute
{
    /// <summary>The entry's parameter whose rows go on; null where there is no choice.</summary>
    public string? Input { get; } = input;
}

/// <summary>
/// In which numbers rows are multiplied with the weights below it. On the class that is loaded: what it runs in where the device names no
/// precision. On a field that holds a linear, a bank, a layer or layers, or on the class of such a layer: always, whatever the device
/// names; the nearest to the weight counts, a field before the class of what it holds.
/// </summary>
/// <remarks>
/// A CUDA program has one precision for all its values. Where the device names none, it is the finest that is asked for here; a device that
/// names a coarser one than a field needs is refused when the layer is loaded. There are no products of bytes on CUDA.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Field, Inherited = false)]
public sealed class PrecisionAttribute(Precision precision) : Attribute
{
    /// <summary>The numbers that are multiplied.</summary>
    public Precision Precision { get; } = precision;
}

/// <summary>
/// Written by the generator: the specification of a layer, for projects that reference it as a binary (where no method bodies are seen).
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StoredSpecificationAttribute(string text) : Attribute
{
    /// <summary>The serialised specification.</summary>
    public string Text { get; } = text;
}

/// <summary>
/// Written by the generator: the specification of one <see cref="LayerFunctionAttribute">layer function</see> of the class it stands on.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class StoredFunctionAttribute(string id, string text) : Attribute
{
    /// <summary>The method's full name and parameter types, which tell overloads apart: <c>KernelForge.Ops.Silu(Tokens)</c>.</summary>
    public string Id { get; } = id;

    /// <summary>The serialised specification.</summary>
    public string Text { get; } = text;
}
