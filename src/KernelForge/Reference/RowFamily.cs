using System.Collections.Immutable;

namespace KernelForge.Reference;

/// <summary>
/// The row spaces of one batch: its tokens, its sequences, and each set of other lengths that a description computed, every one of them a
/// single object. Safe for several threads.
/// </summary>
internal sealed class RowFamily
{
    private readonly RowSpace root;
    private readonly Lock gate = new();
    private readonly List<RowSpace> derived = [];
    private RowSpace? sequences;

    public RowFamily(RowSpace root) => this.root = root;

    public RowSpace Sequences
    {
        get
        {
            if (sequences is { } made) return made;
            lock (gate) return sequences ??= RowSpace.SequencesOf(this, root.SequenceCount);
        }
    }

    /// <summary>The member with these offsets, made when first asked for.</summary>
    public RowSpace WithOffsets(ImmutableArray<int> offsets, Func<ImmutableArray<int>, RowSpace> make)
    {
        if (offsets.AsSpan().SequenceEqual(root.Offsets.AsSpan())) return root;
        lock (gate)
        {
            // A description derives a handful of spaces: no table of them is worth its hashing.
            if (derived.Find(space => offsets.AsSpan().SequenceEqual(space.Offsets.AsSpan())) is { } known) return known;
            RowSpace made = make(offsets);
            derived.Add(made);
            return made;
        }
    }
}
