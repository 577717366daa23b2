using System.Runtime.CompilerServices;
using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Cpu.Packing;

/// <summary>Weights are laid out from a checkpoint, kept in a folder, and read from there with the same bits.</summary>
public sealed class WeightCacheTests : IDisposable
{
    /// <summary>Wide enough for several pieces and chunks.</summary>
    private const int Inputs = 700, First = 2100, Second = 37, Outputs = First + Second;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kernelforge-weights-");

    private string Checkpoint => Path.Combine(folder.FullName, "model.safetensors");

    private string Cache => Path.Combine(folder.FullName, "cache");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(CpuPrecision.Float32)]
    [InlineData(CpuPrecision.BFloat16)]
    [InlineData(CpuPrecision.Int8)]
    public void What_is_read_from_the_folder_has_the_bits_of_what_was_laid_out(CpuPrecision precision)
    {
        Write(seed: 1);
        float[] without = Run(precision, cache: null), first = Run(precision, Cache);
        string file = Assert.Single(Directory.GetFiles(Cache));
        DateTime written = File.GetLastWriteTimeUtc(file);
        float[] second = Run(precision, Cache);
        Assert.Equal(without, first);
        Assert.Equal(without, second);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(Cache))));
        Assert.StartsWith("Products-", Path.GetFileName(file), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_precision_and_each_width_has_a_file_of_its_own()
    {
        Write(seed: 1);
        Run(CpuPrecision.Float32, Cache);
        Run(CpuPrecision.BFloat16, Cache);
        Run(CpuPrecision.Int8, Cache);
        using var narrow = new Products<Float128>(new CpuDevice(2, 128) { WeightCache = Cache }, Load(out WeightSource source));
        narrow.ReadWeights();
        source.Dispose();
        Assert.Equal(4, Directory.GetFiles(Cache).Length);
    }

    [Fact]
    public void A_checkpoint_that_changed_is_laid_out_anew()
    {
        Write(seed: 1);
        float[] before = Run(CpuPrecision.Float32, Cache);
        Write(seed: 2);
        float[] after = Run(CpuPrecision.Float32, Cache);
        Assert.NotEqual(before, after);
        Assert.Equal(Run(CpuPrecision.Float32, cache: null), after);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(6_000_000)]
    [InlineData(-1)]
    public void A_damaged_file_is_made_anew(int at)
    {
        Write(seed: 1);
        float[] expected = Run(CpuPrecision.Float32, Cache);
        string file = Assert.Single(Directory.GetFiles(Cache));
        byte[] whole = File.ReadAllBytes(file), damaged = [.. whole];
        damaged[at < 0 ? damaged.Length - 1 : at] ^= 1;
        File.WriteAllBytes(file, damaged);
        Assert.Equal(expected, Run(CpuPrecision.Float32, Cache));
        Assert.Equal(whole, File.ReadAllBytes(Assert.Single(Directory.GetFiles(Cache))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000_000)]
    public void A_file_that_was_cut_off_is_made_anew(int length)
    {
        Write(seed: 1);
        float[] expected = Run(CpuPrecision.Float32, Cache);
        string file = Assert.Single(Directory.GetFiles(Cache));
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..length]);
        Assert.Equal(expected, Run(CpuPrecision.Float32, Cache));
        Assert.Equal(whole, File.ReadAllBytes(file));
    }

    [Fact]
    public void Weights_in_memory_are_not_kept()
    {
        byte[] bytes = Bytes(seed: 1);
        using var source = WeightSource.FromMemory(bytes);
        using var program = new Products<Float256>(new CpuDevice(2, 256) { WeightCache = Cache }, Of(source));
        program.ReadWeights();
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public void The_folder_and_its_files_are_the_users_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes");
            return;
        }
        Write(seed: 1);
        Run(CpuPrecision.Float32, Cache);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Cache));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Cache))));
        File.SetUnixFileMode(Cache, (UnixFileMode)0b111_101_101);
        Assert.Contains("chmod 700", Assert.Throws<WeightException>(() => Run(CpuPrecision.Float32, Cache)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_an_error_that_says_what_to_do()
    {
        Write(seed: 1);
        File.WriteAllText(Cache, "a file");
        WeightException refused = Assert.Throws<WeightException>(() => Run(CpuPrecision.Float32, Path.Combine(Cache, "within")));
        Assert.Contains("KERNELFORGE_WEIGHT_CACHE", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_other_types_are_laid_out_as_those_of_floats()
    {
        // Integers are exact in bfloat16 and float64.
        float[] values = [.. Enumerable.Range(0, Outputs * Inputs).Select(i => (float)((i % 251) - 125))];
        float[] expected = Of("F32", numbers => [.. numbers.SelectMany(BitConverter.GetBytes)]);
        Assert.Equal(expected, Of("BF16", numbers => [.. numbers.SelectMany(v => BitConverter.GetBytes(v)[2..])]));
        Assert.Equal(expected, Of("F64", numbers => [.. numbers.SelectMany(v => BitConverter.GetBytes((double)v))]));

        float[] Of(string type, Func<float[], byte[]> bytes)
        {
            var file = new SafetensorsBytes().Add("table", [3, Outputs], new float[3 * Outputs]).Add("turned", [Outputs, 2], new float[2 * Outputs])
                .Add("a", type, [First, Inputs], bytes(values[..(First * Inputs)]))
                .Add("b", type, [Inputs, Second], bytes(values[(First * Inputs)..]));
            File.WriteAllBytes(Checkpoint, file.ToArray());
            return Run(CpuPrecision.Float32, cache: null);
        }
    }

    [Fact]
    public void A_program_holds_nothing_of_a_checkpoint_in_memory()
    {
        using Products<Float256> program = Loaded(out WeakReference bytes);
        GC.Collect();
        Assert.False(bytes.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static Products<Float256> Loaded(out WeakReference reference)
        {
            byte[] bytes = Bytes(seed: 1);
            reference = new WeakReference(bytes);
            using var source = WeightSource.FromMemory(bytes);
            var program = new Products<Float256>(new CpuDevice(2, 256), Of(source));
            program.ReadWeights();
            return program;
        }
    }

    private static byte[] Bytes(int seed) => new SafetensorsBytes()
        .Add("a", [First, Inputs], Samples.Normal(seed, First * Inputs)).Add("b", [Inputs, Second], Samples.Normal(seed + 10, Inputs * Second))
        .Add("table", [3, Outputs], Samples.Normal(seed + 20, 3 * Outputs)).Add("turned", [Outputs, 2], Samples.Normal(seed + 30, Outputs * 2)).ToArray();

    private static LoadedWeights Of(WeightSource source) => new(
        "", [], source.Tensors.ToDictionary(tensor => tensor.Name, tensor => new SlotTensors([tensor])), []);

    private void Write(int seed)
    {
        File.WriteAllBytes(Checkpoint, Bytes(seed));
        // Of the same length, and perhaps within one tick of the clock.
        File.SetLastWriteTimeUtc(Checkpoint, new DateTime(2026, 1, seed, 0, 0, 0, DateTimeKind.Utc));
    }

    private LoadedWeights Load(out WeightSource source) => Of(source = WeightSource.OpenFile(Checkpoint));

    private float[] Run(CpuPrecision precision, string? cache)
    {
        using var program = new Products<Float256>(new CpuDevice(2, 256, precision) { WeightCache = cache }, Load(out WeightSource source));
        using (source) program.ReadWeights();
        RaggedMatrix input = new([5], Inputs), output = new([5], Outputs);
        Samples.Normal(99, 5 * Inputs).CopyTo(input.Values);
        program.Run([new RunInput(input)], [new RunOutput(output)]);
        return output.Values.ToArray();
    }

    /// <summary>x · (a, bᵀ) + table[1] + turned[1] + zeros.</summary>
    private sealed class Products<TVector> : CpuProgram<TVector> where TVector : unmanaged, IVector<TVector>
    {
        private readonly PackedMatrix<TVector> weight;
        private readonly Rows<TVector> table, turned, zeros;

        public Products(CpuDevice device, LoadedWeights weights) : base(device, spaces: 1, slots: 2, integers: 0)
        {
            weight = Keep(PackedMatrix.Concat<TVector>(
                Inputs, new WeightPart(weights.Values("a"), First), new WeightPart(weights.Values("b"), Second, Transposed: true)));
            table = Keep(weights.Values("table"), 3, Outputs);
            turned = KeepTransposed(weights.Values("turned"), Outputs, 2);
            zeros = Keep(weights.Values("absent", Outputs), 1, Outputs);
        }

        protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
        {
            RaggedRows tokens = workspace.Space(0, inputs[0].Offsets);
            workspace.Slot(0).Reserve(tokens.Count, Inputs);
            workspace.Slot(1).Reserve(tokens.Count, Outputs);
            Rows<TVector> x = workspace.Slot(0).View<TVector>(tokens.Count, Inputs), y = workspace.Slot(1).View<TVector>(tokens.Count, Outputs);
            x.CopyFrom(inputs[0].Values);
            Gemm.Run(workspace.Pool, x, Gemm.Block(weight, new Sum(y, table, turned, zeros)));
            y.CopyTo(outputs[0].Values);
        }

        private readonly struct Sum(Rows<TVector> output, Rows<TVector> table, Rows<TVector> turned, Rows<TVector> zeros) : IGemmEpilogue<TVector>
        {
            public void Apply(int row, int column, TVector value) =>
                output.Store(row, column, value + table.Load(1, column) + turned.Load(1, column) + zeros.Load(0, column));

            public void Ask(int row, int column) => output.Ask(row, column);
        }
    }
}
