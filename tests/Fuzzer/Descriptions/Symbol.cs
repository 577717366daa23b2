using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

/// <summary>A local, a parameter of the entry or of a lambda.</summary>
internal class Symbol(string name, NodeType type, double bound = 1)
{
    public string Name { get; } = name;

    public NodeType Type { get; } = type;

    /// <summary>About how large its numbers are.</summary>
    public double Bound { get; } = bound;

    public override string ToString() => Name;
}

/// <summary>A method of the class, which has those that its other methods call.</summary>
internal sealed class Method(string name, string head, Node body) : Symbol(name, new FixedType("method"))
{
    /// <summary>What stands before the arrow.</summary>
    public string Head { get; } = head;

    public Node Body { get; } = body;
}

/// <summary>A parameter or inner layer; a class has those that its methods read, so that none is left over when a description
/// shrinks.</summary>
internal sealed class Field(string name, NodeType type, string typeName, ImmutableArray<object> arguments, string attribute = "")
    : Symbol(name, type)
{
    public string TypeName { get; } = typeName;

    /// <summary>What stands after <c>new</c>, within parentheses; sizes, flags and constructions are seen in it.</summary>
    public ImmutableArray<object> Arguments { get; } = arguments;

    public string Attribute { get; } = attribute;
}
