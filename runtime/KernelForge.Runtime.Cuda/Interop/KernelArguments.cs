namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>
/// The arguments of one launch: argument <c>i</c> begins at byte <c>Offsets[i]</c> of <c>Values</c>. Offsets ascend, and each argument lies
/// at a multiple of its own alignment, so its offset is that of the parameter in the kernel's parameter space.
/// </summary>
/// <remarks>A launch copies the values: they need to live no longer than the call, in a captured graph too.</remarks>
public readonly ref struct KernelArguments(ReadOnlySpan<byte> values, ReadOnlySpan<int> offsets)
{
    public ReadOnlySpan<byte> Values { get; } = values;

    public ReadOnlySpan<int> Offsets { get; } = offsets;

    public int Count => Offsets.Length;

    /// <summary>Argument <paramref name="index"/> and the padding after it.</summary>
    public ReadOnlySpan<byte> this[int index] =>
        Values[Offsets[index]..(index + 1 < Offsets.Length ? Offsets[index + 1] : Values.Length)];
}
