using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>Weights of one shape, of which each row takes one: [count × outputs, inputs], or [count × inputs, outputs] where they are stored transposed.</summary>
public sealed class Bank<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly PackedMatrix<TVector>[] weights;

    public Bank(WeightValues values, int count, int outputs, int inputs, bool transposed = false)
    {
        if (values.Count != (long)count * outputs * inputs)
            throw new ArgumentException($"A bank of {values.Count} values is not [{count}, {outputs}, {inputs}].", nameof(values));
        weights = new PackedMatrix<TVector>[count];
        long each = (long)outputs * inputs;
        for (int i = 0; i < count; i++)
            weights[i] = PackedMatrix.Concat<TVector>(inputs, new WeightPart(values.Slice(i * each, each), outputs, transposed));
        (Inputs, Outputs) = (inputs, outputs);
    }

    public int Count => weights.Length;

    public int Inputs { get; }

    public int Outputs { get; }

    public void Dispose()
    {
        foreach (PackedMatrix<TVector> weight in weights) weight.Dispose();
    }

    internal PackedMatrix<TVector> this[int number] => weights[number];
}

/// <summary>Each row times the weight of a bank that it names; zeros where it names none.</summary>
/// <remarks>
/// The rows of a weight are put together and multiplied as one product. A row's sums are chains over ascending k whatever rows lie beside it.
/// </remarks>
public static class Banks
{
    /// <param name="pool">The threads.</param>
    /// <param name="memory">Where the rows are put together.</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="index">[rows, 1]: the numbers of weights.</param>
    /// <param name="bank">The weights.</param>
    /// <param name="output">[rows, outputs].</param>
    /// <exception cref="ArgumentException">The rows are not as wide as the bank takes or gives them.</exception>
    public static void Run<TVector>(
        WorkerPool pool, GroupedRows memory, Rows<TVector> input, Rows<TVector> index, Bank<TVector> bank, Rows<TVector> output)
        where TVector : unmanaged, IVector<TVector> =>
        Run(pool, memory, input, index, bank, output, default, hasBias: false);

    /// <param name="pool">The threads.</param>
    /// <param name="memory">Where the rows are put together.</param>
    /// <param name="input">[rows, inputs].</param>
    /// <param name="index">[rows, 1]: the numbers of weights.</param>
    /// <param name="bank">The weights.</param>
    /// <param name="output">[rows, outputs].</param>
    /// <param name="bias">[count, outputs].</param>
    /// <inheritdoc cref="Run{TVector}(WorkerPool, GroupedRows, Rows{TVector}, Rows{TVector}, Bank{TVector}, Rows{TVector})"/>
    public static void Run<TVector>(
        WorkerPool pool, GroupedRows memory, Rows<TVector> input, Rows<TVector> index, Bank<TVector> bank, Rows<TVector> output, Rows<TVector> bias)
        where TVector : unmanaged, IVector<TVector> =>
        Run(pool, memory, input, index, bank, output, bias, hasBias: true);

    private static void Run<TVector>(
        WorkerPool pool, GroupedRows memory, Rows<TVector> input, Rows<TVector> index, Bank<TVector> bank, Rows<TVector> output, Rows<TVector> bias,
        bool hasBias)
        where TVector : unmanaged, IVector<TVector>
    {
        if (input.Columns != bank.Inputs || output.Columns != bank.Outputs)
        {
            throw new ArgumentException(
                $"Rows of {input.Columns} columns in and {output.Columns} out do not meet a bank of {bank.Inputs} inputs and {bank.Outputs} outputs.");
        }
        memory.Group(index, bank.Count);
        Rows<TVector> together = memory.Reserve<TVector>(input.Columns);
        const int RowsPerItem = 64;
        pool.Run((input.Count + RowsPerItem - 1) / RowsPerItem, new Gather<TVector>(memory, input, together, output, RowsPerItem));
        for (int number = 0; number < bank.Count; number++)
        {
            (int first, int count) = memory.Of(number);
            if (count == 0) continue;
            Gemm.Run(pool, together.Range(first, count), Gemm.Block(bank[number], new Scatter<TVector>(memory, first, number, output, bias, hasBias)));
        }
    }

    private readonly struct Gather<TVector>(GroupedRows memory, Rows<TVector> input, Rows<TVector> together, Rows<TVector> output, int rowsPerItem) : IWork
        where TVector : unmanaged, IVector<TVector>
    {
        public void Run(int item, int worker)
        {
            int end = Math.Min(input.Count, (item + 1) * rowsPerItem);
            for (int place = item * rowsPerItem; place < end; place++)
            {
                int row = memory.RowAt(place);
                if (place < memory.GroupedCount) input[row].CopyTo(together[place]);
                else output[row].Clear();
            }
        }
    }

    private readonly struct Scatter<TVector>(GroupedRows memory, int first, int number, Rows<TVector> output, Rows<TVector> bias, bool hasBias)
        : IGemmEpilogue<TVector>
        where TVector : unmanaged, IVector<TVector>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Apply(int row, int column, TVector value)
        {
            if (hasBias) value += bias.Load(number, column);
            output.Store(memory.RowAt(first + row), column, value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Ask(int row, int column) => output.Ask(memory.RowAt(first + row), column);
    }
}
