using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Memory;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// Packs a program's weights for its kernels and puts them into device memory, in the program's precision. Where the program is only planned,
/// the numbers are absent and nothing is made.
/// </summary>
[SuppressMessage("Performance", "CA1822", Justification = "Blocks are made where they are packed: Weights.Packed(inner, Weights.Block(...)).")]
public sealed class DeviceWeights : IDisposable
{
    private readonly CudaPrecision precision;
    private readonly CudaContext? context;
    private readonly Action abandon;
    private readonly List<DeviceBuffer> buffers = [];
    private CudaStream? stream;

    /// <param name="precision">The element.</param>
    /// <param name="context">The device; null where the program is only planned.</param>
    /// <param name="abandon">Lets go of the whole program: its constructor will not end.</param>
    internal DeviceWeights(CudaPrecision precision, CudaContext? context, Action abandon)
    {
        this.precision = precision;
        this.context = context;
        this.abandon = abandon;
    }

    /// <summary>The weights of a linear.</summary>
    /// <param name="values">[outputs, inner] as a checkpoint has them, or [inner, outputs].</param>
    /// <param name="outputs">Columns of the output.</param>
    /// <param name="transposed">Whether they are [inner, outputs].</param>
    /// <param name="name">For errors.</param>
    public WeightBlock Block(
        float[] values, int outputs, bool transposed = false, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values);
        return new WeightBlock(new WeightValues(values, transposed, name), null, outputs);
    }

    /// <summary>The weights of two linears whose outputs an epilogue takes together, column by column.</summary>
    /// <inheritdoc cref="Block"/>
    public WeightBlock Pair(
        float[] first, bool firstTransposed, float[] second, bool secondTransposed, int outputs,
        [CallerArgumentExpression(nameof(first))] string firstName = "", [CallerArgumentExpression(nameof(second))] string secondName = "")
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new WeightBlock(
            new WeightValues(first, firstTransposed, firstName), new WeightValues(second, secondTransposed, secondName), outputs);
    }

    /// <summary>
    /// The weight of a product, [packed columns, padded inner]: blocks one behind the other, each padded to a multiple of 32 packed columns,
    /// in the order of <c>gemm.cuh</c>.
    /// </summary>
    /// <param name="inner">Columns of the input.</param>
    /// <param name="blocks">At least one.</param>
    /// <exception cref="ArgumentException">A block has another number of weights.</exception>
    /// <exception cref="WeightException">A weight is too large for the precision.</exception>
    /// <exception cref="CudaException">The device has too little memory, or is lost.</exception>
    public DeviceArray Packed(int inner, params ReadOnlySpan<WeightBlock> blocks)
    {
        if (context is null) return default;
        try
        {
            return Upload(Pack(inner, blocks), blocks[0].Name);
        }
        catch
        {
            abandon();
            throw;
        }
    }

    /// <summary>The weights of a bank, each packed as a product's, one behind the other.</summary>
    /// <param name="values">[count, outputs, inner] as a checkpoint has them, or [count, inner, outputs].</param>
    /// <param name="count">How many there are.</param>
    /// <param name="outputs">Columns of the output.</param>
    /// <param name="inner">Columns of the input.</param>
    /// <param name="transposed">Whether they are [count, inner, outputs].</param>
    /// <param name="name">For errors.</param>
    /// <inheritdoc cref="Packed" path="/exception"/>
    public DeviceArray Bank(
        float[] values, int count, int outputs, int inner, bool transposed = false, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values);
        if (context is null) return default;
        try
        {
            int size = checked(outputs * inner);
            if (values.Length != (long)count * size)
                throw new ArgumentException($"'{name}' has {values.Length} weights, the layer takes {count} of {outputs} x {inner}");
            DeviceBuffer? buffer = null;
            for (int i = 0; i < count; i++)
            {
                byte[] bytes = Pack(inner, [Block(values[(i * size)..((i + 1) * size)], outputs, transposed, $"{name}, number {i}")]);
                buffer ??= Rent((nuint)count * (nuint)bytes.Length, name);
                Stream.Upload<byte>(bytes, buffer, (nuint)i * (nuint)bytes.Length);
            }
            return new DeviceArray(buffer!.Pointer);
        }
        catch
        {
            abandon();
            throw;
        }
    }

    /// <summary>A vector or table, [rows, padded columns].</summary>
    /// <param name="values">[rows, columns].</param>
    /// <param name="rows">One for a vector.</param>
    /// <param name="columns">Columns of the values.</param>
    /// <param name="name">For errors.</param>
    /// <inheritdoc cref="Packed" path="/exception"/>
    public DeviceArray Table(float[] values, int rows, int columns, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values);
        if (context is null) return default;
        try
        {
            var source = new WeightValues(values, Transposed: false, name);
            source.Check(rows, columns);
            byte[] bytes = Room(rows, columns);
            Elements.Encode(values, bytes, columns, precision);
            for (int row = 0; row < rows; row++) CheckRow(values.AsSpan(row * columns, columns), RowOf(bytes, row, columns), source, row);
            return Upload(bytes, name);
        }
        catch
        {
            abandon();
            throw;
        }
    }

    public void Dispose()
    {
        EndUploads();
        foreach (DeviceBuffer buffer in buffers) buffer.Dispose();
        buffers.Clear();
    }

    /// <summary>Lets go of what only uploading needs.</summary>
    internal void EndUploads()
    {
        stream?.Dispose();
        stream = null;
    }

    private byte[] Pack(int inner, ReadOnlySpan<WeightBlock> blocks)
    {
        int rows = 0;
        foreach (WeightBlock block in blocks)
        {
            block.Check(inner);
            rows = checked(rows + block.PackedRows);
        }
        byte[] bytes = Room(rows, inner); // zeros
        float[] weights = new float[inner];
        int at = 0;
        foreach (WeightBlock block in blocks)
        {
            for (int row = 0; row < block.PackedRows; row++)
            {
                if (!block.TryCopyRow(row, weights, out WeightValues source, out int output)) continue;
                Span<byte> target = RowOf(bytes, at + row, inner);
                if (precision == CudaPrecision.TensorFloat32) Narrowing.ToTensorFloat32(weights);
                Elements.Encode(weights, target, inner, precision);
                CheckRow(weights, target, source, output);
            }
            at += block.PackedRows;
        }
        return bytes;
    }

    private byte[] Room(int rows, int columns)
    {
        long bytes = (long)rows * Elements.Padded(columns) * precision.Bytes;
        return bytes <= Array.MaxLength
            ? new byte[bytes]
            : throw new ArgumentException($"a weight of {rows} x {columns} has {bytes} bytes; at most {Array.MaxLength} can be packed");
    }

    private Span<byte> RowOf(byte[] bytes, int row, int columns)
    {
        int length = Elements.Padded(columns) * precision.Bytes;
        return bytes.AsSpan(row * length, length);
    }

    /// <summary>An infinity that the checkpoint does not have would make NaN of everything that it meets.</summary>
    private void CheckRow(ReadOnlySpan<float> values, ReadOnlySpan<byte> encoded, WeightValues source, int row)
    {
        if (precision.Bytes != 2) return;
        ReadOnlySpan<ushort> elements = MemoryMarshal.Cast<byte, ushort>(encoded)[..values.Length];
        uint infinity = precision == CudaPrecision.Float16 ? 0x7c00u : 0x7f80u;
        for (int i = 0; i < elements.Length; i++)
        {
            if ((elements[i] & 0x7fffu) != infinity || float.IsInfinity(values[i])) continue;
            throw new WeightException(
                $"{source.Name}: {values[i]} at [{row}, {i}] is beyond the range of {precision}: use another precision, such as " +
                $"Device.Cuda(precision: CudaPrecision.{(precision == CudaPrecision.Float16 ? CudaPrecision.BFloat16 : CudaPrecision.Float32)})");
        }
    }

    private DeviceArray Upload(byte[] bytes, string name)
    {
        DeviceBuffer buffer = Rent((nuint)bytes.Length, name);
        Stream.Upload<byte>(bytes, buffer);
        return new DeviceArray(buffer.Pointer);
    }

    private CudaStream Stream => stream ??= new CudaStream(context!);

    private DeviceBuffer Rent(nuint bytes, string name)
    {
        DeviceBuffer buffer = context!.Memory.Rent(bytes, $"the weights {name}");
        buffers.Add(buffer);
        return buffer;
    }
}
