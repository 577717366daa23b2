namespace KernelForge.Cuda.Tests.Attention;

internal readonly record struct Place(int Position, int Row);

/// <summary>A score and a mask, as a kernel's text has them and as the reference computes them.</summary>
/// <param name="Name">Stands for the policy in a test's name.</param>
/// <param name="ScoreText">CUDA C over s, i, j, head, slopes [heads] and keyBias [key rows]; null for a plain score.</param>
/// <param name="VisibleText">Over i, j and head; null where all is visible.</param>
/// <param name="CoverText">The same over intervals.</param>
/// <param name="Softmax">Whether weights are the softmax of the scores, or the scores themselves.</param>
internal sealed record PairPolicy(
    string Name, string? ScoreText, Func<double, Place, Place, double, double, double> Score, string? VisibleText, string? CoverText,
    Func<Place, Place, bool> Visible, bool Softmax = true)
{
    private static readonly Func<double, Place, Place, double, double, double> itself = (s, _, _, _, _) => s;

    public static IReadOnlyList<PairPolicy> All { get; } =
    [
        new("all", null, itself, null, null, (_, _) => true),
        new("causal", null, itself, "j.position <= i.position", "j <= i", (i, j) => j.Position <= i.Position),
        new("window", null, itself, "abs(i.position - j.position) <= 20", "Interval::Abs(i - j) <= (Interval)20",
            (i, j) => Math.Abs(i.Position - j.Position) <= 20),
        new("slopes", "s - slopes[head] * abs(i.position - j.position)",
            (s, i, j, slope, _) => s - (slope * Math.Abs(i.Position - j.Position)), null, null, (_, _) => true),
        new("causalSlopes", "s - slopes[head] * (i.position - j.position)",
            (s, i, j, slope, _) => s - (slope * (i.Position - j.Position)), "j.position <= i.position", "j <= i",
            (i, j) => j.Position <= i.Position),
        // Reads of every key it scores, and of no row beyond them.
        new("keyBias", "s + keyBias[j.row]", (s, _, _, _, bias) => s + bias, null, null, (_, _) => true),
        // The first 40 queries see no key, and a sequence of up to 40 not one.
        new("blind", null, itself, "j.position + 40 <= i.position", "(j + (Interval)40) <= i", (i, j) => j.Position + 40 <= i.Position),
        new("products", null, itself, "j.position <= i.position", "j <= i", (i, j) => j.Position <= i.Position, Softmax: false),
        new("squares", "fmaxf(s, 0.0f) * fmaxf(s, 0.0f) + keyBias[j.row]", (s, _, _, _, bias) => (Math.Max(s, 0) * Math.Max(s, 0)) + bias,
            "abs(i.position - j.position) <= 20", "Interval::Abs(i - j) <= (Interval)20", (i, j) => Math.Abs(i.Position - j.Position) <= 20,
            Softmax: false),
    ];

    public static PairPolicy Named(string name) => All.Single(policy => policy.Name == name);

    /// <summary>The policy struct; with BLIND_COVER its cover never says anything.</summary>
    public string Text =>
        $$"""
        struct Policy
        {
            const float* slopes;
            const float* keyBias;
            static constexpr bool softmax = {{(Softmax ? "true" : "false")}};
            static constexpr bool plain = {{(ScoreText is null ? "true" : "false")}};
            static constexpr bool allVisible = {{(VisibleText is null ? "true" : "false")}};
            __device__ __forceinline__ float score(float s, Place i, Place j, int head) const { return {{ScoreText ?? "s"}}; }
            __device__ __forceinline__ bool visible(Place i, Place j, int head) const { return {{VisibleText ?? "true"}}; }
            __device__ __forceinline__ Coverage cover(Interval i, Interval j, const WorkItem&) const
            {
        #ifdef BLIND_COVER
                return Coverage::Part;
        #else
                return {{CoverText ?? "Coverage::All"}};
        #endif
            }
        };
        """;

    public override string ToString() => Name;
}
