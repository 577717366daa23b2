using System.Runtime.InteropServices;
using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>How many rows of each sequence came before those in memory: zeros in an ordinary run. [sequences]</summary>
internal sealed class BasesPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => space.SequenceCapacity(key);

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key) => batch.Bases(space).CopyTo(values);
}

/// <summary>Where each sequence's blocks begin in <see cref="BlocksPart"/>, and last how many there are: [sequences + 1].</summary>
internal sealed class BlockStartsPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => space.SequenceCapacity(key) + 1;

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        BlockAddresses blocks = batch.Cache!.Blocks(space.Number);
        int sequences = batch.SequenceCount(space);
        for (int s = 0; s < sequences; s++) values[s] = blocks.First(s);
        values[sequences] = blocks.Count;
    }
}

/// <summary>
/// The addresses of all blocks of the batch's sequences in a row space, two integers each, in the order of the sequences and of their rows;
/// 0 for one that was given back.
/// </summary>
internal sealed class BlocksPart(CudaSpace space) : RecordPart
{
    private const int IntegersOfAddress = sizeof(long) / sizeof(int);

    /// <summary>Every sequence ends with a block that may not be full.</summary>
    public override int Capacity(BatchKey key) =>
        checked(IntegersOfAddress * ((space.TotalCapacity(key) / CacheLayout.BlockRows) + space.SequenceCapacity(key)));

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        BlockAddresses blocks = batch.Cache!.Blocks(space.Number);
        Span<long> addresses = MemoryMarshal.Cast<int, long>(values);
        for (int i = 0; i < blocks.Count; i++) addresses[i] = blocks.All[i];
    }
}

/// <summary>
/// Of each sequence the addresses of its own memory, two integers each: what its last run left, 0 where there was none, and what this one
/// leaves.
/// </summary>
internal sealed class StatesPart(CudaSpace space) : RecordPart
{
    public override int Capacity(BatchKey key) => checked(4 * space.SequenceCapacity(key));

    public override void Fill(Span<int> values, CudaBatch batch, BatchKey key)
    {
        CacheRun run = batch.Cache!;
        Span<long> addresses = MemoryMarshal.Cast<int, long>(values);
        for (int s = 0; s < run.Batch.Length; s++)
            (addresses[2 * s], addresses[(2 * s) + 1]) = (run.Batch[s].HasRun ? run.StatesBefore(s) : 0, run.StatesAfter(s));
    }
}
