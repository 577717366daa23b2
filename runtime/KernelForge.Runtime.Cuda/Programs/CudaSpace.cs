using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Rows that belong together: those of an input, or one for each of its sequences.</summary>
/// <remarks>How many there are lies in device memory: as an argument it is <c>const int* rows</c>.</remarks>
public sealed class CudaSpace
{
    internal CudaSpace(int number, int input, bool ofSequences) => (Number, Input, OfSequences) = (number, input, ofSequences);

    internal int Number { get; }

    /// <summary>The input that brings the offsets.</summary>
    internal int Input { get; }

    /// <summary>Whether it has one row a sequence.</summary>
    internal bool OfSequences { get; }

    /// <summary>Rows that a graph has room for.</summary>
    internal int RowCapacity(BatchKey key) => OfSequences ? key.Sequences(Input) : key.Rows(Input);

    /// <summary>Rows of a batch.</summary>
    internal int Rows(ReadOnlySpan<RunInput> inputs) => OfSequences ? inputs[Input].SequenceCount : inputs[Input].RowCount;

    /// <summary>The first row of a sequence, or behind the last.</summary>
    internal int Start(ReadOnlySpan<int> offsets, int sequence) => OfSequences ? sequence : offsets[sequence];

    internal int Length(ReadOnlySpan<int> offsets, int sequence) => OfSequences ? 1 : offsets[sequence + 1] - offsets[sequence];
}
