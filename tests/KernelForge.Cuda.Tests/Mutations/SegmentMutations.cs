using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of reductions over a sequence's rows.</summary>
internal static class SegmentMutations
{
    private const string File = "segment.cuh";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("slots are joined before they are there", Cases.Segments, "sequenceMean", File, "    __syncthreads();\n", "", Race),
        new("a sequence ends a row early", Cases.Segments, "sequenceMean", File,
            "end = offsets[sequence + 1],", "end = offsets[sequence + 1] - 1,", null),
        new("a sequence ends a row late", Cases.Segments, "sequenceSum", File,
            "end = offsets[sequence + 1],", "end = offsets[sequence + 1] + 1,", null),
        new("the last slot is not joined", Cases.Segments, "sequenceMax", File, "s < SLOTS; ++s)", "s < SLOTS / 2; ++s)", null),
        new("rows are taken twice", Cases.Segments, "sequenceMean", File, "row += SLOTS)", "row += SLOTS / 2)", null),
        new("an empty sequence is reduced", Cases.MostOf, "sequenceMax", File, "end > first ? Reduction::end(total, end - first) : 0.0f",
            "Reduction::end(total, end - first)", null),
        new("a thread leaves before the barrier", Cases.Segments, "sequenceMean", File,
            "    __syncthreads();\n", "    if (slot == 5) return;\n    __syncthreads();\n", DivergentBarrier),
    ];
}
