using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>What a lambda has at hand beside the layer's values.</summary>
internal sealed record LambdaScope
{
    /// <summary>Its rows, each with the row space that it lies in.</summary>
    public ImmutableArray<(Symbol Row, Rows Rows)> Rows { get; init; } = [];

    /// <summary>Features, heads, states and indices of folds.</summary>
    public ImmutableArray<Symbol> Integers { get; init; } = [];

    /// <summary>A logit, a state.</summary>
    public ImmutableArray<Symbol> Reals { get; init; } = [];

    /// <summary>Folds may stand in folds, but each costs its terms.</summary>
    public int FoldsLeft { get; init; } = 1;

    /// <summary>Whether the host's functions may be asked: of a difference of positions of a pair alone.</summary>
    public bool IsPair => Rows.Length == 2;

    public LambdaScope With(Symbol index) => this with { Integers = Integers.Add(index), FoldsLeft = FoldsLeft - 1 };
}
