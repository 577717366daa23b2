using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>What the encoder of an encoder-decoder reads for one sequence: ids, or rows of floats.</summary>
internal readonly record struct Source(int[]? Ids, Matrix? Rows)
{
    public int Length => Ids?.Length ?? Rows?.Rows ?? 0;
}
