using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Float32 memory outside the collector's heap, 64-byte aligned, freed when the last holder lets go. Reads may run past the last element by up
/// to <see cref="Guard"/> floats, so that a vector may start at any of them.
/// </summary>
internal sealed partial class NativeFloats : SafeHandle
{
    public const int Guard = 64;

    private const nuint HugePage = 2 << 20;

    public NativeFloats() : base(0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    public long Length { get; private init; }

    public unsafe float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (float*)handle;
        }
    }

    /// <summary>Zeroed memory for <paramref name="length"/> floats.</summary>
    public static NativeFloats Allocate(long length) => Allocate(length, isZeroed: true);

    /// <summary>Memory for <paramref name="length"/> floats that somebody fills, every one: pages come to the thread that touches them first.</summary>
    public static NativeFloats AllocateToFill(long length) => Allocate(length, isZeroed: false);

    private static unsafe NativeFloats Allocate(long length, bool isZeroed)
    {
        nuint bytes = checked((nuint)(length + Guard) * sizeof(float));
        bool huge = bytes >= 2 * HugePage;
        var floats = new NativeFloats { Length = length };
        void* memory = NativeMemory.AlignedAlloc(bytes, huge ? HugePage : 64);
        floats.SetHandle((nint)memory);
        // Advice before the first touch: pages that exist already stay small.
        if (huge && OperatingSystem.IsLinux()) _ = Advise(memory, bytes / HugePage * HugePage, 14);
        if (isZeroed) NativeMemory.Clear(memory, bytes);
        else new Span<float>((float*)memory + length, Guard).Clear();
        return floats;
    }

    public static unsafe void Copy(float* source, float* destination, long floats) =>
        Buffer.MemoryCopy(source, destination, floats * sizeof(float), floats * sizeof(float));

    protected override unsafe bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }

    /// <summary>madvise with MADV_HUGEPAGE: an optimisation that a kernel may refuse without harm.</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static unsafe partial int Advise(void* address, nuint length, int advice);
}
