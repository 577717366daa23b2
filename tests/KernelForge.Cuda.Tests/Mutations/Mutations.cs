namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Every fault that is tried.</summary>
internal static class Mutations
{
    public static IReadOnlyList<Mutation> All { get; } =
        [
            .. GemmMutations.All, .. AttentionMutations.All, .. PartMutations.All, .. RowMutations.All, .. SegmentMutations.All, .. LambdaMutations.All,
            .. KeptMutations.All,
        ];
}
