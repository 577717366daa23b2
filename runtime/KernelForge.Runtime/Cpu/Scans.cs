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
        ScanShape shape = ScanShape.Of(features, states, stretches, TVector.Count);
        kept?.Check(sequences, shape);
        pool.Run(sequences.SequenceCount * shape.Parts, new Work<TVector, TKernel>(pool, sequences, features, shape, kernel, kept));
    }

    private readonly struct Work<TVector, TKernel>(
        WorkerPool pool, RaggedRows sequences, int features, ScanShape shape, TKernel kernel, KeptStates? kept) : IWork
        where TVector : unmanaged, IVector<TVector>
        where TKernel : struct, IScanKernel<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public unsafe void Run(int item, int worker)
        {
            int sequence = sequences.ByLength[item / shape.Parts], part = item % shape.Parts;
            int first = part * shape.FeaturesPerItem, end = Math.Min(features, first + shape.FeaturesPerItem);
            bool continues = kept is not null && sequences.Base(sequence) > 0;
            float* memory = kept is null ? pool.Scratch(worker, shape.FloatsPerItem) : kept.Memory(sequence, part, continues);
            kernel.Run(sequence, first, end, new ScanStates<TVector>(memory, shape.Stride, continues));
        }
    }
}
