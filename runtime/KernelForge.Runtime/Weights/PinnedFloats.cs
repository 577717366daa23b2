namespace KernelForge.Runtime.Weights;

/// <summary>Floats at an address that stays until this is disposed.</summary>
internal sealed unsafe class PinnedFloats(PinnedBytes bytes, long count) : IDisposable
{
    public float* Address => (float*)bytes.Address;

    public long Count => count;

    /// <summary>Those of an array, which are not copied.</summary>
    public static PinnedFloats Of(Memory<float> values) => new(new PinnedBytes(values.Pin()), values.Length);

    public void Dispose() => bytes.Dispose();
}
