using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

/// <summary>Draws descriptions: the same seed, the same text.</summary>
internal static class Drawer
{
    /// <summary>The part of the descriptions whose rows may come later.</summary>
    private const double Incremental = 0.3;

    /// <summary>A description that breaks no rule.</summary>
    public static Description Draw(int seed)
    {
        var draft = new Draft(seed);
        Layer root = LayerDrawer.DrawRoot(draft, isIncremental: draft.Chance(Incremental));
        return Tidy.Up(new Description(seed, [.. draft.Layers, root], draft.Values.ToImmutableDictionary(), [.. draft.Constraints])
        {
            GoesOn = draft.GoesOn,
            Chunk = draft.Chunk,
        });
    }
}
