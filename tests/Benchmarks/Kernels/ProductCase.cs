using System.Runtime.CompilerServices;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Benchmarks.Kernels;

/// <summary>One linear layer, [tokens, inputs] to [tokens, outputs], with a bias.</summary>
internal sealed class ProductCase<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly WorkerPool pool;
    private readonly RowBuffer input, bias, output;
    private readonly PackedMatrix<TVector> weights;

    public ProductCase(WorkerPool pool, int tokens, int inputs, int outputs)
    {
        this.pool = pool;
        Flops = 2.0 * tokens * inputs * outputs;
        input = Drawn(tokens, inputs, seed: 1);
        bias = Drawn(1, outputs, seed: 2);
        output = new RowBuffer(tokens, outputs);
        var values = new float[inputs * outputs];
        PseudoNormal.Fill(values, seed: 3, deviation: 0.02f);
        weights = PackedMatrix.Concat<TVector>(inputs, new WeightPart(values, outputs));
    }

    public double Flops { get; }

    public void Run()
    {
        var epilogue = new AddBias(bias.View<TVector>(), output.View<TVector>());
        Gemm.Run(pool, input.View<TVector>(), Gemm.Block(weights, epilogue));
    }

    public void Dispose()
    {
        input.Dispose();
        bias.Dispose();
        output.Dispose();
        weights.Dispose();
    }

    internal static RowBuffer Drawn(int rows, int columns, ulong seed)
    {
        var values = new float[rows * columns];
        PseudoNormal.Fill(values, seed, deviation: 1);
        return RowBuffer.Of(values, rows, columns);
    }

    private readonly struct AddBias(Rows<TVector> bias, Rows<TVector> output) : IGemmEpilogue<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(int row, int column, TVector value) => output.Store(row, column, value + bias.Load(0, column));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Ask(int row, int column) => output.Ask(row, column);
    }
}
