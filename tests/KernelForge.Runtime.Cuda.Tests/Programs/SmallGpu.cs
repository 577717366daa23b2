using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Tests.Execution;
using KernelForge.Runtime.Cuda.Tests.Modules;
using KernelForge.Runtime.Execution;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>A fake device that computes <see cref="SmallProgram"/>: result = 2 x + id, pooled = the sum of a sequence's rows of x.</summary>
internal sealed unsafe class SmallGpu : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <param name="driver">The device.</param>
    /// <param name="precision">What it computes in; it computes in floats alone.</param>
    /// <param name="cache">Where compiled kernels are, or null for an empty cache of its own.</param>
    public SmallGpu(FakeDriver? driver = null, CudaPrecision precision = CudaPrecision.Float32, CubinCache? cache = null)
    {
        Driver = driver ?? new FakeDriver { Capacity = 64 << 20 };
        Driver.Kernel = Compute;
        Precision = precision;
        cache ??= new CubinCache(Path.Combine(folder.Path, "cubins"), () => Compiler);
        Device = CudaDevice.On(Driver, 0, precision) with { Cache = cache };
    }

    public CountingCompiler Compiler { get; } = new();

    public FakeDriver Driver { get; }

    public CudaPrecision Precision { get; }

    public CudaDevice Device { get; }

    /// <summary>What a kernel finds at its arguments, by the kernel's name.</summary>
    public Dictionary<string, Action<Arguments>> Look { get; } = [];

    /// <summary>Runs a batch and holds the results against what they have to be.</summary>
    public static void Run(SmallProgram program, params int[] lengths) => Run(program, lengths, check: true);

    public static void Run(SmallProgram program, int[] lengths, bool check)
    {
        Batch batch = new(lengths);
        batch.Run(program);
        if (check) batch.Check();
    }

    public void Dispose() => folder.Dispose();

    private void Compute(string kernel, byte[] values)
    {
        var arguments = new Arguments(values);
        if (Look.TryGetValue(kernel, out Action<Arguments>? look)) look(arguments);
        if (Precision != CudaPrecision.Float32) return;
        float* x = (float*)arguments.Address(0);
        switch (kernel)
        {
            case "embed":
                int rows = arguments.Integers(6)[0];
                ReadOnlySpan<int> ids = arguments.Integers(1, rows);
                float* result = (float*)arguments.Address(5);
                for (int i = 0; i < 8 * rows; i++) result[i] = (2 * x[i]) + ids[i / 8];
                break;
            case "pool":
                int sequences = arguments.Integers(3)[0];
                ReadOnlySpan<int> offsets = arguments.Integers(1, sequences + 1);
                float* pooled = (float*)arguments.Address(2);
                for (int i = 0; i < 8 * sequences; i++)
                {
                    pooled[i] = 0;
                    for (int row = offsets[i / 8]; row < offsets[(i / 8) + 1]; row++) pooled[i] += x[(8 * row) + (i % 8)];
                }
                break;
        }
    }

    /// <summary>Arguments of a launch, each in 8 bytes.</summary>
    internal readonly struct Arguments(byte[] values)
    {
        public nint Address(int argument) => (nint)MemoryMarshal.Read<ulong>(values.AsSpan(8 * argument));

        public ReadOnlySpan<int> Integers(int argument, int count = 1) => new((int*)Address(argument), count);

        public float Float(int argument) => MemoryMarshal.Read<float>(values.AsSpan(8 * argument));
    }
}

/// <summary>A batch of <see cref="SmallProgram"/> and where its results go.</summary>
internal sealed class Batch
{
    private readonly RunInput[] inputs;
    private readonly RunOutput[] outputs;
    private readonly RaggedMatrix x, result = new();
    private readonly Matrix pooled = new(0, 0);
    private readonly RaggedBatch ids;

    public Batch(params int[] lengths)
    {
        ids = RaggedBatch.Pack([.. lengths.Select((length, s) => Enumerable.Range(0, length).Select(i => (100 * s) + i).ToArray())]);
        x = new RaggedMatrix(lengths, SmallProgram.Columns);
        for (int i = 0; i < x.Values.Length; i++) x.Values[i] = (i % 97) - 40;
        result.Reset(ids.Offsets, SmallProgram.Columns);
        pooled.Reset(lengths.Length, SmallProgram.Columns);
        inputs = [new RunInput(ids), new RunInput(x)];
        outputs = [new RunOutput(result), new RunOutput(pooled)];
    }

    public RaggedBatch Ids => ids;

    public void Run(SmallProgram program) => program.Run(inputs, outputs);

    public void Check()
    {
        for (int i = 0; i < x.Values.Length; i++)
            Assert.Equal((2 * x.Values[i]) + ids.Ids[i / SmallProgram.Columns], result.Values[i]);
        for (int s = 0; s < ids.SequenceCount; s++)
        {
            for (int c = 0; c < SmallProgram.Columns; c++)
            {
                float sum = 0;
                for (int row = ids.Offsets[s]; row < ids.Offsets[s + 1]; row++) sum += x.Row(row)[c];
                Assert.Equal(sum, pooled.Row(s)[c]);
            }
        }
    }
}
