namespace KernelForge.Fuzzer.Descriptions;

/// <summary>What a node is; where one type is wanted, a node of a type that it accepts may stand.</summary>
internal abstract record NodeType
{
    public virtual bool Accepts(NodeType other) => Equals(other);

    /// <summary>The name in C# of a local of this type.</summary>
    public virtual string Name => throw new NotSupportedException($"no local is a {this}");
}

/// <summary>
/// A value with rows. An exact one holds multiples of 1/8 that no device rounds: only of those may a description ask what is not continuous
/// (which is greater, the floor, the sign), for elsewhere rounding may answer otherwise.
/// </summary>
internal sealed record TokensType(Rows Rows, Size Width, bool IsExact = false) : NodeType
{
    public override string Name => "Tokens";

    public override bool Accepts(NodeType other) =>
        other is TokensType t && ReferenceEquals(t.Rows, Rows) && t.Width.Equals(Width) && (t.IsExact || !IsExact);
}

/// <summary>An integer a row, all of them from 0 to below a size, or with no such promise.</summary>
internal sealed record IntegersType(Rows Rows, Size? Below = null, bool IsTokenIds = false) : NodeType
{
    public override string Name => IsTokenIds ? "TokenIds" : "Integers";

    public override bool Accepts(NodeType other) =>
        other is IntegersType t && ReferenceEquals(t.Rows, Rows) && (Below is null || Below.Equals(t.Below));
}

internal sealed record RowSpaceType(Rows Rows) : NodeType
{
    public override string Name => "RowSpace";

    public override bool Accepts(NodeType other) => other is RowSpaceType t && ReferenceEquals(t.Rows, Rows);
}

/// <summary>A number of a lambda.</summary>
internal sealed record RealType(bool IsExact = false) : NodeType
{
    public override bool Accepts(NodeType other) => other is RealType r && (r.IsExact || !IsExact);
}

/// <summary>An integer of a lambda: any, or an index from 0 to below a size.</summary>
internal sealed record IntegerType(Size? Below = null) : NodeType
{
    public override bool Accepts(NodeType other) => other is IntegerType i && (Below is null || Below.Equals(i.Below));
}

internal sealed record TruthType : NodeType;

/// <summary>An argument that may be left out.</summary>
internal sealed record OptionalType : NodeType;

/// <summary>What is only ever what it is: a field, an inner layer, a row of a lambda.</summary>
internal sealed record FixedType(string Called) : NodeType
{
    public override string Name => Called;
}
