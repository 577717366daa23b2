namespace KernelForge.Fuzzer.Descriptions;

internal enum HyperKind
{
    Count,
    Flag,
    Activation,
}

/// <summary>
/// A number that a description names: a parameter of its constructor, or a literal wherever it stands. What it is worth is kept beside the
/// description, so that sizes shrink without a word of it changing.
/// </summary>
internal sealed class HyperParameter(string name, HyperKind kind, bool isLiteral)
{
    public string Name { get; } = name;

    public HyperKind Kind { get; } = kind;

    public bool IsLiteral { get; } = isLiteral;

    public string TypeName => Kind switch { HyperKind.Count => "int", HyperKind.Flag => "bool", _ => "Activation" };

    public override string ToString() => Name;
}
