using KernelForge.Runtime.Cpu.Profiling;

namespace KernelForge.Runtime.Cpu;

/// <summary>What becomes of a sequence's rows.</summary>
public enum SegmentOperation { Sum, Mean, Max, First }

/// <summary>One row for each sequence, [sequences, columns] from [rows, columns]; an empty sequence gives zeros.</summary>
/// <remarks>Rows are taken in ascending order, each column by itself.</remarks>
public static class Segments
{
    public static void Run<TVector>(
        WorkerPool pool, SegmentOperation operation, Rows<TVector> input, RaggedRows sequences, Rows<TVector> output)
        where TVector : unmanaged, IVector<TVector> =>
        pool.Run(sequences.SequenceCount, new Work<TVector>(operation, input, sequences, output));

    private readonly struct Work<TVector>(SegmentOperation operation, Rows<TVector> input, RaggedRows sequences, Rows<TVector> output)
        : IWork, IMeasuredWork
        where TVector : unmanaged, IVector<TVector>
    {
        public string Kind => "segment";

        public KernelCost Cost => new(0, sizeof(float) * (double)input.Columns * (input.Count + sequences.SequenceCount));

        public void Run(int item, int worker)
        {
            int sequence = sequences.ByLength[item];
            int first = sequences.Offsets[sequence], end = sequences.Offsets[sequence + 1];
            for (int column = 0; column < input.Columns; column += TVector.Count)
                output.Store(sequence, column, first == end ? TVector.Zero : Reduce(first, end, column));
        }

        private TVector Reduce(int first, int end, int column)
        {
            TVector value = input.Load(first, column);
            if (operation == SegmentOperation.First) return value;
            if (operation == SegmentOperation.Max)
            {
                for (int row = first + 1; row < end; row++) value = TVector.Max(value, input.Load(row, column));
                return value;
            }
            for (int row = first + 1; row < end; row++) value += input.Load(row, column);
            return operation == SegmentOperation.Mean ? value / TVector.Broadcast(end - first) : value;
        }
    }
}
