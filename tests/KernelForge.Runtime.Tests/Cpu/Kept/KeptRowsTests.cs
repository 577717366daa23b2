using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu.Kept;

/// <summary>Rows that later rows read, and states of scans: as an ordinary run over the whole has them, bit for bit.</summary>
public sealed class KeptRowsTests
{
    private static readonly int[] Parts = [1, 1, 2, 31, 32, 33, 70], Lengths = [150, 1, 33, 70, 5];

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(int.MaxValue)]
    public void Rows_of_any_reach_are_read_where_they_stand(int reach) => Widths.ForEach(new Case(reach));

    /// <summary>
    /// A row gives the sum of the rows that it reaches, each times a factor of its position, an element of the row before it, and the
    /// states of two scans.
    /// </summary>
    private sealed class Program<TVector>(CpuDevice device, int reach) : CpuProgram<TVector>(device, spaces: 1, slots: 2, integers: 0)
        where TVector : unmanaged, IVector<TVector>
    {
        public const int Columns = 37;

        public override CacheLayout Layout => new CacheLayout().Space(0, true)
            .Rows(0, Columns, reach).Rows(0, 2, 1).Scan(Columns, 3, false).Scan(Columns, 2, true);

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
            RaggedRows rows = workspace.Space(0, inputs[0].Offsets);
            workspace.Slot(0).Reserve(rows.Count, Columns);
            workspace.Slot(1).Reserve(rows.Count, Columns);
            Rows<TVector> x = workspace.Slot(0).View<TVector>(rows.Count, Columns);
            Rows<TVector> y = workspace.Slot(1).View<TVector>(rows.Count, Columns);
            x.CopyFrom(inputs[0].Values);
            KeptRows<TVector> kept = workspace.Keep(x, rows), first = workspace.Keep(x.Slice(0, 2), rows);
            for (int row = 0; row < rows.Count; row++)
            {
                int sequence = rows.SequenceOf(row), position = rows.PositionOf(row), length = rows.Length(sequence);
                for (int c = 0; c < Columns; c++)
                {
                    float sum = first.Rows.Within(first.Space.Start(sequence), length, position - 1, c % 2);
                    for (int p = Math.Max(0, position - Math.Min(reach, 200)); p <= position; p++)
                        sum += kept.Rows.Within(kept.Space.Start(sequence), length, p, c) * (1 + (p % 3));
                    y[row, c] = sum;
                }
            }
            Scans.Run<TVector, Sum>(workspace.Pool, rows, Columns, 3, false, new Sum(rows, x, y, 3), workspace.KeptStates());
            Scans.Run<TVector, Sum>(workspace.Pool, rows, Columns, 2, true, new Sum(rows, x, y, 2), workspace.KeptStates());
            y.CopyTo(outputs[0].Values);
        }

        private readonly struct Sum(RaggedRows rows, Rows<TVector> x, Rows<TVector> y, int states) : IScanKernel<TVector>
        {
            public void Run(int sequence, int first, int end, ScanStates<TVector> memory)
            {
                for (int row = rows.FirstRow(sequence), turn = 0; turn < rows.RowCount(sequence); row++, turn++)
                {
                    for (int f = first; f < end; f++)
                    {
                        for (int n = 0; n < states; n++)
                        {
                            int place = ((f - first) * memory.Stride) + n;
                            float before = turn == 0 && !memory.Continues ? 0 : memory[place];
                            memory[place] = (before * (0.5f + (0.1f * n))) + x[row, f];
                            y[row, f] += memory[place];
                        }
                    }
                }
            }
        }
    }

    private sealed record Case(int Reach) : IWidthCase
    {
        public void Run<TVector>() where TVector : unmanaged, IVector<TVector>
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                using var program = new Program<TVector>(new CpuDevice(threads, 0), Reach);
                using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 24);
                new Stepper(program, cache, Program<TVector>.Columns).StepAll(threads, Program<TVector>.Columns, Lengths, Parts);
            }
        }
    }
}
