using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Memory;

/// <summary>
/// Memory of a device. What is returned is kept, by size class, for the next who asks; all of it is freed with the context.
/// </summary>
/// <remarks>
/// Returning memory does not wait for the device: return it when no work that uses it is outstanding, or rent it again only for work of
/// the same stream.
/// </remarks>
public sealed class MemoryPool
{
    private readonly CudaContext context;
    private readonly Lock poolLock = new();
    private readonly Dictionary<nuint, Stack<Block>> free = [];

    internal MemoryPool(CudaContext context) => this.context = context;

    /// <summary>Bytes that buffers in use take.</summary>
    public nuint BytesInUse { get; private set; }

    /// <summary>Bytes that lie ready.</summary>
    public nuint BytesKept { get; private set; }

    /// <summary>At least so many bytes, of any content, at a multiple of 256; disposing of the buffer returns them.</summary>
    /// <param name="bytes">May be 0: the buffer then has no bytes but an address of its own.</param>
    /// <param name="purpose">For the error where the device has too little.</param>
    /// <exception cref="CudaException">The device has too little memory, or is lost.</exception>
    public DeviceBuffer Rent(nuint bytes, string purpose = "a buffer")
    {
        nuint size = SizeClass.Of(bytes);
        context.Enter();
        Block block = TakeKept(size) ?? Allocate(size, bytes, purpose);
        lock (poolLock) BytesInUse += size;
        return new DeviceBuffer(block.Address, bytes, () => Return(block));
    }

    /// <summary>Frees what lies ready.</summary>
    public void Trim()
    {
        Block[] blocks;
        lock (poolLock)
        {
            blocks = [.. free.Values.SelectMany(stack => stack)];
            free.Clear();
            BytesKept = 0;
        }
        foreach (Block block in blocks) block.Handle.Dispose();
    }

    private Block? TakeKept(nuint size)
    {
        lock (poolLock)
        {
            if (!free.TryGetValue(size, out Stack<Block>? blocks) || !blocks.TryPop(out Block? block)) return null;
            BytesKept -= size;
            return block;
        }
    }

    private Block Allocate(nuint size, nuint wanted, string purpose)
    {
        CudaResult result = context.Driver.Allocate(size, out DevicePointer address);
        if (result == CudaResult.OutOfMemory && BytesKept > 0)
        {
            Trim();
            result = context.Driver.Allocate(size, out address);
        }
        context.Check("cuMemAlloc", result, detail: result == CudaResult.OutOfMemory ? Shortage(wanted, purpose) : null);
        return new Block(address, size, new OwnedHandle(context, driver => driver.Free(address)));
    }

    private void Return(Block block)
    {
        lock (poolLock)
        {
            BytesInUse -= block.Bytes;
            BytesKept += block.Bytes;
            if (!free.TryGetValue(block.Bytes, out Stack<Block>? blocks)) free[block.Bytes] = blocks = new Stack<Block>();
            blocks.Push(block);
        }
    }

    private string Shortage(nuint wanted, string purpose)
    {
        string device = context.Driver.GetMemoryInfo(out nuint available, out nuint total) == CudaResult.Success
            ? $"'{context.Name}' has {SizeClass.Text(available)} free of {SizeClass.Text(total)}"
            : $"how much '{context.Name}' has free it does not say";
        return $"{SizeClass.Text(wanted)} were wanted for {purpose}; {device}, of which this program uses {SizeClass.Text(BytesInUse)}. " +
            "Run smaller batches, or end what else uses the device.";
    }

    private sealed record Block(DevicePointer Address, nuint Bytes, OwnedHandle Handle);
}
