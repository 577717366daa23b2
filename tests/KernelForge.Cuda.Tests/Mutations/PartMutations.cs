using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>
/// Faults of attention over kept keys part by part, in a layer's steps; those of the two kernels by themselves are in <c>DecodeMutationTests</c>.
/// </summary>
internal static class PartMutations
{
    private const string Parts = "attention_decode.cuh", Merge = "attention_merge.cuh";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("a block of kept keys is the next one", Cases.LongSteps, "attention", Parts,
            "part.firstKey / kept_rows + lane]", "part.firstKey / kept_rows + lane + 1]", UninitialisedRead),
        new("the keys of a part are not waited for", Cases.LongSteps, "attention", Parts,
            "cp_async_wait<STAGES - 2>();\n            __syncwarp();  // this", "__syncwarp();  // this", AsyncNotWaited),
        new("a part's results lie in its neighbour's place", Cases.LongSteps, "attention", Parts,
            "return results + (static_cast<u64>(now.slot", "return results + (static_cast<u64>(now.slot + 1", UninitialisedRead),
        new("a part of the keys is merged twice", Cases.LongSteps, "merge_parts", Merge,
            "((stream - item.firstPart) % streams + streams) % streams", "max(0, stream - 1)", null),
    ];
}
