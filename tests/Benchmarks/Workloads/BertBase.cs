namespace KernelForge.Benchmarks.Workloads;

/// <summary>The sizes of BERT-base.</summary>
internal static class BertBase
{
    public const int Hidden = 768, Heads = 12, Intermediate = 3072, Depth = 12;

    public const float Epsilon = 1e-12f;

    /// <summary>Weights of a layer's linear maps, biases not counted.</summary>
    public const long LinearWeights = (4L * Hidden * Hidden) + (2L * Hidden * Intermediate);
}
