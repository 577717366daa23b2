using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Benchmarks.Decode;

/// <summary>
/// Sequences with keys and values of earlier rows, each of which gets one new row: the attentions of a step, each timed by itself.
/// </summary>
internal sealed class DecodeCase<TVector> : IDisposable where TVector : unmanaged, IVector<TVector>
{
    private readonly Attentions program;
    private readonly SequenceCache cache;
    private readonly int[] sequences;
    private readonly RaggedMatrix row, output;

    public DecodeCase(int threads, DecodeShape shape)
    {
        program = new Attentions(new CpuDevice(threads, 0), shape);
        Bytes = shape.Lengths.Sum(length => (length + 1L) * 2 * shape.KeyValueHeads * shape.Width * sizeof(float));
        cache = SequenceCache.For(program, new CacheLayout(), "decode", Bytes * shape.Layers * 2);
        sequences = [.. shape.Lengths.Select(_ => cache.Add())];
        var prompt = new RaggedMatrix(shape.Lengths, shape.Columns);
        PseudoNormal.Fill(prompt.Values, seed: 5, deviation: 1);
        // What is kept is the same however little of it the earlier rows saw.
        program.Window = 1;
        Run(prompt, new RaggedMatrix(shape.Lengths, shape.Heads * shape.Width), commit: true);
        program.Window = int.MaxValue;
        program.Times = new Times();
        int[] one = [.. shape.Lengths.Select(_ => 1)];
        (row, output) = (new RaggedMatrix(one, shape.Columns), new RaggedMatrix(one, shape.Heads * shape.Width));
        PseudoNormal.Fill(row.Values, seed: 6, deviation: 1);
    }

    /// <summary>Keys and values that an attention reads.</summary>
    public long Bytes { get; }

    /// <summary>Of every attention so far.</summary>
    public Times Times => program.Times;

    /// <summary>A step that is not committed, so that the next does the same work.</summary>
    public void Step() => Run(row, output, commit: false);

    public void Dispose()
    {
        cache.Dispose();
        program.Dispose();
    }

    private void Run(RaggedMatrix input, RaggedMatrix result, bool commit)
    {
        using CacheRun run = cache.Begin(program, sequences, fresh: false, new AddedRows(0, input));
        program.Run([new RunInput(input)], [new RunOutput(result)], run);
        if (commit) run.Commit();
    }

    /// <summary>The same queries, keys and values for each layer, as a generated program would run them.</summary>
    private sealed class Attentions(CpuDevice device, DecodeShape shape) : CpuProgram<TVector>(device, spaces: 1, slots: 2, integers: 0)
    {
        public int Window { get; set; }

        public Times Times { get; set; } = new();

        public override CacheLayout Layout
        {
            get
            {
                CacheLayout layout = new CacheLayout().Space(0, goesOn: true);
                int columns = shape.KeyValueHeads * shape.Width;
                for (int l = 0; l < shape.Layers; l++) layout.Attention(0, columns, columns, shape.KeyValueHeads, int.MaxValue);
                return layout;
            }
        }

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
            RaggedRows rows = workspace.Space(0, inputs[0].Offsets);
            int queries = shape.Heads * shape.Width, keys = shape.KeyValueHeads * shape.Width;
            workspace.Slot(0).Reserve(rows.Count, shape.Columns);
            workspace.Slot(1).Reserve(rows.Count, queries);
            Rows<TVector> x = workspace.Slot(0).View<TVector>(rows.Count, shape.Columns);
            Rows<TVector> y = workspace.Slot(1).View<TVector>(rows.Count, queries);
            x.CopyFrom(inputs[0].Values);
            var heads = new AttentionHeads(shape.Heads, shape.KeyValueHeads, 1 / MathF.Sqrt(shape.Width));
            for (int l = 0; l < shape.Layers; l++)
            {
                Times.Add(() => Runtime.Cpu.Attention.Run(
                    workspace.Pool, x.Slice(0, queries), x.Slice(queries, keys), x.Slice(queries + keys, keys), y, rows, rows, heads,
                    default(PlainScore), new Causal(Window), workspace.KeptAttention()));
            }
            y.CopyTo(outputs[0].Values);
        }
    }

    private readonly struct Causal(int window) : IMask
    {
        public static bool Exists => true;

        public bool Includes(AttentionRow i, AttentionRow j) => j <= i && i - j < window;

        public Coverage Cover(Interval i, Interval j, int sequence) => (j <= i) & (i - j < window);
    }
}

/// <summary>Rows that each sequence has already, and the attention of a layer.</summary>
internal sealed record DecodeShape(string Name, int[] Lengths, int Heads, int KeyValueHeads, int Width, int Layers)
{
    public int Columns => (Heads + (2 * KeyValueHeads)) * Width;
}
