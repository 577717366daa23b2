using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>A recurrence along a sequence, for some of its features. Generated.</summary>
public interface IScanKernel<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <summary>Takes the features from <paramref name="first"/> to below <paramref name="end"/> through a sequence.</summary>
    /// <param name="sequence">Which one.</param>
    /// <param name="first">The first feature.</param>
    /// <param name="end">The feature behind the last.</param>
    /// <param name="memory">Where the states lie from row to row; they hold nothing at the first, unless the sequence continues.</param>
    void Run(int sequence, int first, int end, ScanStates<TVector> memory);
}

/// <summary>The states of some features.</summary>
public readonly unsafe struct ScanStates<TVector> where TVector : unmanaged, IVector<TVector>
{
    private readonly float* memory;

    internal ScanStates(float* memory, int stride, bool continues)
    {
        this.memory = memory;
        Stride = stride;
        Continues = continues;
    }

    /// <summary>Whether the states are those that earlier rows of the sequence left, in an incremental run.</summary>
    public bool Continues { get; }

    /// <summary>Floats from one feature's states to the next's, where they lie feature by feature: whole vectors.</summary>
    public int Stride { get; }

    public float this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => memory[place];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set => memory[place] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Load(int place) => TVector.Load(memory + place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(int place, TVector value) => TVector.Store(memory + place, value);
}

/// <summary>Runs a scan over all sequences and features, on all threads.</summary>
/// <remarks>A feature goes through its sequence by itself: neither threads nor other sequences change a bit of it.</remarks>
public static class Scans
{
    /// <param name="pool">The threads.</param>
    /// <param name="sequences">The rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="states">States of a feature.</param>
    /// <param name="stretches">Whether a vector may begin at any feature, and hold few.</param>
    /// <param name="kernel">What to do with a sequence.</param>
    /// <param name="kept">In an incremental run, the states that earlier rows left; those after the new rows are kept with them.</param>
    /// <exception cref="ArgumentException">The layout of what is kept says another shape.</exception>
    public static void Run<TVector, TKernel>(
        WorkerPool pool, RaggedRows sequences, int features, int states, bool stretches, TKernel kernel, KeptStates? kept = null)
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
    {
        if (features == 0 || (sequences.Count == 0 && kept is null)) return;
        Work<TVector, TKernel> work = WorkOf<TVector, TKernel>(pool, sequences, features, states, stretches, kernel, kept);
        pool.Run(work.Items, work);
    }

    /// <summary>
    /// As <see cref="Run"/>, where the states of each head are a matrix: in an ordinary run, long sequences go through products of chunks.
    /// </summary>
    /// <param name="pool">The threads.</param>
    /// <param name="sequences">The rows.</param>
    /// <param name="features">Features of a row.</param>
    /// <param name="states">States of a feature, as they lie in memory where it goes row by row.</param>
    /// <param name="stretches">Whether a vector may begin at any feature, and hold few.</param>
    /// <param name="kernel">What to do with a sequence that goes row by row.</param>
    /// <param name="attention">The same scan in chunks.</param>
    /// <param name="kept">In an incremental run, the states that earlier rows left.</param>
    /// <exception cref="ArgumentException">The layout of what is kept says another shape.</exception>
    public static void RunInChunks<TVector, TKernel, TRows>(
        WorkerPool pool, RaggedRows sequences, int features, int states, bool stretches, TKernel kernel,
        LinearAttention<TVector, TRows> attention, KeptStates? kept = null)
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
        where TRows : struct, ILinearAttentionRows<TVector>
    {
        int inChunks = features == 0 || kept is not null ? 0 : attention.InChunks(sequences);
        if (inChunks == 0)
        {
            Run<TVector, TKernel>(pool, sequences, features, states, stretches, kernel, kept);
            return;
        }
        Work<TVector, TKernel> all = WorkOf<TVector, TKernel>(pool, sequences, features, states, stretches, kernel, null);
        Work<TVector, TKernel> others = all with { Skipped = inChunks };
        int items = inChunks * attention.Parts;
        pool.Run(items + others.Items, new Both<TVector, TKernel, TRows>(new(pool, sequences, attention), items, others));
    }

    private static Work<TVector, TKernel> WorkOf<TVector, TKernel>(
        WorkerPool pool, RaggedRows sequences, int features, int states, bool stretches, TKernel kernel, KeptStates? kept)
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
    {
        ScanShape shape = ScanShape.Of(features, states, stretches, TVector.Count);
        kept?.Check(sequences, shape);
        return new(pool, sequences, features, shape, kernel, kept);
    }

    private readonly struct Work<TVector, TKernel>(
        WorkerPool pool, RaggedRows sequences, int features, ScanShape shape, TKernel kernel, KeptStates? kept) : IWork
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
    {
        /// <summary>How many of the longest sequences are another's work.</summary>
        public int Skipped { get; init; }

        public int Items => (sequences.SequenceCount - Skipped) * shape.Parts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public unsafe void Run(int item, int worker)
        {
            int sequence = sequences.ByLength[Skipped + (item / shape.Parts)], part = item % shape.Parts;
            int first = part * shape.FeaturesPerItem, end = Math.Min(features, first + shape.FeaturesPerItem);
            bool continues = kept is not null && sequences.Base(sequence) > 0;
            float* memory = kept is null ? pool.Scratch(worker, shape.FloatsPerItem) : kept.Memory(sequence, part, continues);
            kernel.Run(sequence, first, end, new ScanStates<TVector>(memory, shape.Stride, continues));
        }
    }

    /// <summary>The long sequences first.</summary>
    private readonly struct Both<TVector, TKernel, TRows>(
        LinearAttentionWork<TVector, TRows> chunks, int items, Work<TVector, TKernel> others) : IWork
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
        where TRows : struct, ILinearAttentionRows<TVector>
    {
        public void Run(int item, int worker)
        {
            if (item < items) chunks.Run(item, worker);
            else others.Run(item - items, worker);
        }
    }
}
