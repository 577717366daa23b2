namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// Keys and values that an attention has of earlier runs. As arguments of a kernel, <c>const int* blockStarts, const u64* blocks, int keyPlace,
/// int valuePlace</c>; in an ordinary run, which has whole sequences in memory, null and zero.
/// </summary>
public readonly struct CudaKeptKeys
{
    internal CudaKeptKeys(CudaIntegers starts, CudaIntegers blocks, int keyPlace, int valuePlace) =>
        (IsKept, Starts, Blocks, KeyPlace, ValuePlace) = (true, starts, blocks, keyPlace, valuePlace);

    internal bool IsKept { get; }

    internal CudaIntegers Starts { get; }

    internal CudaIntegers Blocks { get; }

    internal int KeyPlace { get; }

    internal int ValuePlace { get; }
}

/// <summary>Rows with those of earlier runs that are still read; in an ordinary run the rows themselves.</summary>
/// <param name="View">The columns.</param>
/// <param name="Space">The rows.</param>
public readonly record struct CudaKeptRows(CudaView View, CudaSpace Space);

/// <summary>
/// The states of a scan that a sequence's last run left, and where this one's go. As arguments of a kernel, <c>const u64* places, int place</c>;
/// in an ordinary run null and zero.
/// </summary>
public readonly struct CudaKeptStates
{
    internal CudaKeptStates(CudaIntegers places, int place) => (IsKept, Places, Place) = (true, places, place);

    internal bool IsKept { get; }

    internal CudaIntegers Places { get; }

    internal int Place { get; }
}
