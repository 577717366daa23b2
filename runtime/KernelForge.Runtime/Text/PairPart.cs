using System.Collections.Immutable;

namespace KernelForge.Runtime.Text;

/// <summary>A stretch of what a pair of texts becomes: a special token, or one of the texts.</summary>
/// <param name="Text">0 for the first text, 1 for the second, negative for a special token.</param>
/// <param name="Id">The special token.</param>
/// <param name="Type">The type of its tokens.</param>
internal readonly record struct PairPart(int Text, int Id, int Type)
{
    /// <summary>The two texts and nothing around them.</summary>
    public static ImmutableArray<PairPart> Bare { get; } = [Of(0, 0), Of(1, 1)];

    /// <summary>[CLS] first [SEP] second [SEP], the second text and its end of type 1.</summary>
    public static ImmutableArray<PairPart> Bert(int before, int after) =>
        [Special(before, 0), Of(0, 0), Special(after, 0), Of(1, 1), Special(after, 1)];

    /// <summary>[CLS] first [SEP] [SEP] second [SEP], all of type 0.</summary>
    public static ImmutableArray<PairPart> Roberta(int before, int after) =>
        [Special(before, 0), Of(0, 0), Special(after, 0), Special(after, 0), Of(1, 0), Special(after, 0)];

    public static PairPart Special(int id, int type) => new(-1, id, type);

    public static PairPart Of(int text, int type) => new(text, 0, type);
}
