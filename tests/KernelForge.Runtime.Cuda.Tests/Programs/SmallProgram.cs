using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>
/// A little of everything that a generated program does: input 0 are token ids, input 1 are rows of floats of the same sequences; result 0 has a
/// row a token, result 1 a row a sequence.
/// </summary>
internal sealed class SmallProgram : CudaProgram
{
    public const int Columns = 5, Wide = 24, Table = 7;

    private readonly DeviceArray weight, bias;

    public SmallProgram(CudaDevice device)
        : base(device)
    {
        bool isPlan = device.PlannedFor is not null;
        float[] weights = isPlan ? [] : [.. Enumerable.Range(0, Wide * Columns).Select(i => (float)i)];
        weight = Weights.Packed(Columns, Weights.Block(weights, Wide));
        bias = Weights.Table(isPlan ? [] : new float[Wide], 1, Wide);
        Ready();
    }

    public static KernelSource Embed { get; } = new("embed", "extern \"C\" __global__ void embed() {}");

    public static KernelSource Project { get; } = new("project", "extern \"C\" __global__ void project() {}");

    public static KernelSource Attend { get; } = new("attend", "extern \"C\" __global__ void attend() {}");

    public static KernelSource Pool { get; } = new("pool", "extern \"C\" __global__ void pool() {}");

    protected override void Schedule(CudaRun run)
    {
        CudaSpace tokens = run.Space(0, input: 0);
        CudaSpace sequences = run.SequencesOf(1, tokens);
        CudaIntegers ids = run.Ids(0), types = run.Types(0);
        CudaView x = run.Slot(0, tokens, Columns), y = run.Slot(1, tokens, Wide), pooled = run.Slot(2, sequences, Columns);
        CudaView result = run.Slot(3, tokens, Columns);
        run.CopyIn(1, x);
        run.Kernel(Embed).Define("COLUMNS", Columns).Define("EPSILON", 1e-12f)
            .Add(x).Add(ids).Add(types).Add(run.Positions(tokens)).Add(run.SequenceOf(tokens)).Add(result).Add(tokens).Rows(tokens, Columns);
        run.Kernel(Project).Define("COLUMNS", Columns).Define("ACTIVATION", ActivationKind.GeluTanh)
            .Add(x).Add(weight).Add(bias).Add(y).Add(tokens).Gemm(tokens, CudaRun.Packed(Wide), Columns);
        run.Kernel(Attend).Define("HEADS", 2)
            .Add(y.Columns(8, 8)).Add(0.5f).Add(run.Differences(Table, tokens, tokens)).Add(run.Zero(Table, tokens, tokens)).Attention(tokens, tokens, 2, 4, 4);
        run.Kernel(Pool).Add(x).Add(run.Offsets(tokens)).Add(pooled).Add(run.SequenceCount(tokens)).Add(sequences).Segment(tokens, Columns);
        run.CopyOut(0, result);
        run.CopyOut(1, pooled);
    }

    protected override void Differences(int table, Span<int> values, int zero)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(table, Table);
        for (int d = -zero; d < values.Length - zero; d++) values[zero + d] = 1000 + d;
    }
}
