namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>Lengths or integers that a program computes for each batch: by which of its computations, from what a pass of a loop gives to it.</summary>
/// <param name="Number">The computation's number: see <see cref="CudaProgram.Lengths"/> and <see cref="CudaProgram.Integers"/>.</param>
/// <param name="Given">Indices of loops and numbers of row spaces; empty where no loop is around it.</param>
internal sealed record Computation(int Number, int[] Given)
{
    public bool Is(int number, ReadOnlySpan<int> given) => Number == number && given.SequenceEqual(Given);
}
