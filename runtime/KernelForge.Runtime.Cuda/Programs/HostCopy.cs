using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Moves rows of floats between the host and a buffer of the device, through pinned memory, where they take the buffer's precision.</summary>
internal sealed class HostCopy(CudaContext context, int number, CudaView view) : IDisposable
{
    /// <summary>More goes in pieces: pinned memory is taken from everybody.</summary>
    private const int MostBytes = 32 << 20;

    private PinnedBuffer? pinned;

    /// <summary>Of the input or result.</summary>
    public int Number => number;

    public CudaView View => view;

    private int RowBytes => checked(Elements.Padded(view.Count) * view.Precision.Bytes);

    /// <summary>Gives the values to the stream; the last piece may still be under way.</summary>
    public void ToDevice(ReadOnlySpan<float> values, DeviceBuffer buffer, CudaStream stream)
    {
        int rows = values.Length / view.Count, atOnce = Reserve(rows);
        for (int first = 0; first < rows; first += atOnce)
        {
            if (first > 0) stream.Synchronize();
            int count = Math.Min(atOnce, rows - first), bytes = count * RowBytes;
            Elements.Encode(values.Slice(first * view.Count, count * view.Count), pinned!.As<byte>()[..bytes], view.Count, view.Precision);
            stream.CopyToDevice(pinned, buffer, bytes, (nuint)first * (nuint)RowBytes);
        }
    }

    /// <summary>Waits for the stream and takes the values.</summary>
    public void ToHost(DeviceBuffer buffer, Span<float> values, CudaStream stream)
    {
        int rows = values.Length / view.Count, atOnce = Reserve(rows);
        for (int first = 0; first < rows; first += atOnce)
        {
            int count = Math.Min(atOnce, rows - first), bytes = count * RowBytes;
            stream.CopyToHost(buffer, pinned!, bytes, (nuint)first * (nuint)RowBytes);
            stream.Synchronize();
            Elements.Decode(pinned!.As<byte>()[..bytes], values.Slice(first * view.Count, count * view.Count), view.Count, view.Precision);
        }
    }

    public void Dispose() => pinned?.Dispose();

    /// <summary>Pinned memory for so many rows, or for as many as may be had: how many.</summary>
    private int Reserve(int rows)
    {
        int atOnce = Math.Clamp(MostBytes / RowBytes, 1, Math.Max(1, rows)), bytes = atOnce * RowBytes;
        if (pinned is not null && pinned.Bytes >= bytes) return atOnce;
        pinned?.Dispose();
        pinned = null;
        pinned = new PinnedBuffer(context, (int)Math.Min(Math.Max(MostBytes, RowBytes), bytes * 5L / 4));
        return atOnce;
    }
}
