using System.Diagnostics;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Hardware;

/// <summary>
/// A product with bias and residual, a norm, and mean pooling of ragged sequences, in float, by the anchor kernels: compiled through the cubin cache,
/// run one after another and as a graph, compared with doubles.
/// </summary>
internal sealed class EncoderPieces : IDisposable
{
    private const int Width = 256, Inner = 512, TileM = 64, TileN = 64, Stages = 3, Slots = 16, RowsOfBlock = 4;

    private static readonly int[] Lengths = [5, 0, 130, 1, 64, 77];

    private readonly Report report;
    private readonly CudaContext context;
    private readonly CudaStream stream;
    private readonly string cacheFolder = Path.Combine(Path.GetTempPath(), $"kernelforge-hardware-{Environment.ProcessId}");
    private readonly List<IDisposable> owned = [];
    private readonly int rows = Lengths.Sum();
    private readonly int[] offsets = [.. Lengths.Prepend(0).Select((_, i) => Lengths.Take(i).Sum())];
    private readonly float[] input, weight, bias, residual, gamma, beta;
    private CudaKernel? gemm, norm, pool;
    private DeviceBuffer? a, w, biases, residuals, scale, shift, sum, normed, pooled, starts, counts;

    public EncoderPieces(Report report)
    {
        this.report = report;
        context = CudaDevice.Number(0).Open();
        stream = new CudaStream(context);
        var random = new Random(42);
        float[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        input = Some(rows * Inner);
        weight = Some(Width * Inner);
        bias = Some(Width);
        residual = Some(rows * Width);
        gamma = Some(Width);
        beta = Some(Width);
    }

    public void Compile()
    {
        var clock = Stopwatch.StartNew();
        gemm = Load(Cache(), "product", ["types.cuh", "math.cuh", "mma.cuh", "async.cuh", "gemm.cuh"], Read("epilogues.cuh") + Read("gemm.cu"),
            ("ELEMENT", "float"), ("EPILOGUE_BIAS_RESIDUAL", "1"), ("GEMM_N", $"{Width}"), ("GEMM_K", $"{Inner}"), ("TILE_M", $"{TileM}"),
            ("TILE_N", $"{TileN}"), ("WARP_M", "32"), ("WARP_N", "32"), ("STAGES", $"{Stages}"), ("BLOCKS", "2"));
        norm = Load(Cache(), "rows", ["types.cuh", "math.cuh", "reduce.cuh", "async.cuh"], Read("row.cu"),
            ("ELEMENT", "float"), ("WIDTH", $"{Width}"), ("ROWS", $"{RowsOfBlock}"), ("ROW_NORM", "1"), ("EPSILON", "1e-12f"));
        pool = Load(Cache(), "mean_pool", ["types.cuh", "async.cuh"], Read("segment.cu"), ("ELEMENT", "float"), ("WIDTH", $"{Width}"), ("SLOTS", $"{Slots}"));
        report.Number("compile_three_kernels_s", clock.Elapsed.TotalSeconds);
        clock.Restart();
        var again = new CubinCache(cacheFolder, () => throw new CudaException("compiled although the cache has it")) { MayCompile = false };
        _ = Load(again, "mean_pool", ["types.cuh", "async.cuh"], Read("segment.cu"), ("ELEMENT", "float"), ("WIDTH", $"{Width}"), ("SLOTS", $"{Slots}"));
        report.Number("load_from_cache_s", clock.Elapsed.TotalSeconds);
        report.Text("resources", string.Join("; ", new[] { gemm, norm, pool }.Select(k => $"{k.Name}: {k.Registers} registers, {k.LocalBytes} bytes local")));
    }

    public void Run()
    {
        a = Upload<float>(input, "activations");
        w = Upload<float>(Packed(weight), "weight");
        biases = Upload<float>(bias, "bias");
        residuals = Upload<float>(residual, "residual");
        scale = Upload<float>(gamma, "scale");
        shift = Upload<float>(beta, "shift");
        starts = Upload<int>(offsets, "offsets");
        counts = Upload<int>([rows, Lengths.Length], "counts");
        sum = Rent(rows * Width, "sums");
        normed = Rent(rows * Width, "normed rows");
        pooled = Rent(Lengths.Length * Width, "pooled rows");
        Give(stream);
        stream.Synchronize();

        double[] sums = Product();
        report.Differs("gemm", Download(sum, rows * Width), sums, 1e-4);
        double[] rowsExpected = Norm(sums);
        report.Differs("row", Download(normed, rows * Width), rowsExpected, 1e-5);
        report.Differs("segment", Download(pooled, Lengths.Length * Width), Means(rowsExpected), 1e-5);
    }

    public void Replay()
    {
        float[] before = Download(pooled!, Lengths.Length * Width);
        stream.Fill(pooled!, 0xff);
        using CudaGraph graph = CudaGraph.Capture(stream, "pieces", Give);
        graph.Launch(stream);
        stream.Synchronize();
        report.Check("graph", Download(pooled!, Lengths.Length * Width).AsSpan().SequenceEqual(before), "a replay gives the bits of the launches");

        const int replays = 200;
        using var begin = new CudaEvent(context, EventKind.Timing);
        using var end = new CudaEvent(context, EventKind.Timing);
        stream.Record(begin);
        for (int i = 0; i < replays; i++) graph.Launch(stream);
        stream.Record(end);
        stream.Synchronize();
        report.Number("graph_of_three_us", end.Since(begin).TotalMicroseconds / replays);
    }

    public void Refuse()
    {
        report.Fails("too much shared memory", () => norm!.Launch(stream, new LaunchShape(new Dim3(1), new Dim3(128), 1 << 20), new ArgumentBuffer()), "rows", "shared memory");
        report.Fails("out of memory", () => context.Memory.Rent((nuint)1 << 46, "a very large table"), "a very large table");
        report.Fails("a module of another kind", () => new CudaModule(context, "no code"u8, "nonsense").Dispose(), "cuModuleLoadDataEx", "nonsense");
        // Refused, not broken: the same work still comes out right.
        float[] before = Download(pooled!, Lengths.Length * Width);
        stream.Fill(pooled!, 0xff);
        Give(stream);
        stream.Synchronize();
        report.Check("still usable", Download(pooled!, Lengths.Length * Width).AsSpan().SequenceEqual(before), "after three refusals");
    }

    public void Dispose()
    {
        foreach (IDisposable o in Enumerable.Reverse(owned)) o.Dispose();
        stream.Dispose();
        context.Dispose();
        if (Directory.Exists(cacheFolder)) Directory.Delete(cacheFolder, recursive: true);
    }

    private void Give(CudaStream to)
    {
        bool overlap = context.Architecture.Major >= 9;
        gemm!.Launch(to, new LaunchShape(new Dim3((rows + TileM - 1) / TileM, Width / TileN), new Dim3(128), Stages * (TileM + TileN) * 128, default, overlap),
            new ArgumentBuffer().Add(a!).Add(w!).Add(biases!).Add(residuals!).Add(sum!).Add(counts!).Add(rows));
        norm!.Launch(to, new LaunchShape(new Dim3((rows + RowsOfBlock - 1) / RowsOfBlock), new Dim3(32 * RowsOfBlock), 0, default, overlap),
            new ArgumentBuffer().Add(sum!).Add(0UL).Add(0UL).Add(0UL).Add(scale!).Add(shift!).Add(normed!).Add(counts!).Add(rows));
        pool!.Launch(to, new LaunchShape(new Dim3(Width / 64, Lengths.Length), new Dim3(8 * Slots), 0, default, overlap),
            new ArgumentBuffer().Add(normed!).Add(starts!).Add(pooled!).Add(counts!.Handle + sizeof(int)));
    }

    private CubinCache Cache() => new(cacheFolder, NvrtcCompiler.Open);

    private CudaKernel Load(CubinCache cache, string name, string[] files, string text, params (string Name, string Value)[] constants)
    {
        CudaModule module = CudaModule.Load(context, cache, new KernelSource(name, text) { DeviceFiles = [.. files] },
            new CompileOptions { Constants = [.. constants.Select(c => KeyValuePair.Create(c.Name, c.Value))] });
        owned.Add(module);
        return module.Kernel(name);
    }

    private static string Read(string resource)
    {
        using Stream text = typeof(EncoderPieces).Assembly.GetManifestResourceStream(resource)!;
        return new StreamReader(text).ReadToEnd() + "\n";
    }

    private DeviceBuffer Rent(int floats, string purpose)
    {
        DeviceBuffer buffer = context.Memory.Rent((nuint)(floats * sizeof(float)), purpose);
        owned.Add(buffer);
        return buffer;
    }

    private DeviceBuffer Upload<T>(ReadOnlySpan<T> values, string purpose) where T : unmanaged
    {
        DeviceBuffer buffer = Rent(values.Length, purpose);
        stream.Upload(values, buffer);
        return buffer;
    }

    private float[] Download(DeviceBuffer source, int count)
    {
        float[] values = new float[count];
        stream.Download(source, values.AsSpan());
        stream.Synchronize();
        return values;
    }

    /// <summary>The order of rows that the kernel's threads read: row 8 j + 2 t + e of each 32 holds column 8 t + 2 j + e.</summary>
    private static float[] Packed(float[] weight)
    {
        float[] packed = new float[weight.Length];
        for (int n = 0; n < Width; n++)
        {
            int j = n % 32 / 8, t = n % 8 / 2, e = n % 2;
            int column = (n / 32 * 32) + (8 * t) + (2 * j) + e;
            weight.AsSpan(column * Inner, Inner).CopyTo(packed.AsSpan(n * Inner));
        }
        return packed;
    }

    private double[] Product()
    {
        double[] result = new double[rows * Width];
        for (int row = 0; row < rows; row++)
            for (int n = 0; n < Width; n++)
            {
                double total = 0;
                for (int k = 0; k < Inner; k++) total += (double)input[(row * Inner) + k] * weight[(n * Inner) + k];
                result[(row * Width) + n] = total + bias[n] + residual[(row * Width) + n];
            }
        return result;
    }

    private double[] Norm(double[] values)
    {
        double[] result = new double[values.Length];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> x = values.AsSpan(row * Width, Width);
            double mean = 0, variance = 0;
            foreach (double v in x) mean += v / Width;
            foreach (double v in x) variance += (v - mean) * (v - mean) / Width;
            for (int i = 0; i < Width; i++) result[(row * Width) + i] = ((x[i] - mean) / Math.Sqrt(variance + 1e-12) * gamma[i]) + beta[i];
        }
        return result;
    }

    private double[] Means(double[] values)
    {
        double[] result = new double[Lengths.Length * Width];
        for (int s = 0; s < Lengths.Length; s++)
            for (int row = offsets[s]; row < offsets[s + 1]; row++)
                for (int i = 0; i < Width; i++) result[(s * Width) + i] += values[(row * Width) + i] / Lengths[s];
        return result;
    }
}
