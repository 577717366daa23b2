using KernelForge.Emulation.Driver;
using KernelForge.Models;
using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Counters;

/// <summary>
/// A batch costs what its tokens cost: bytes and multiply-adds of every kernel are counted on the emulated GPU, and are those of
/// <see cref="BatchCost"/>, which knows no longest sequence. Beside them stands what the same formulas give for the batch padded to it.
/// </summary>
public sealed class PaddingFreeTests
{
    [Fact]
    public void BERT_in_streams_of_keys() => Bert([130, 3, 17, 64, 1, 90], 0.45);

    [Fact]
    public void BERT_with_sequences_of_one_tile() => Bert([7, 60, 0, 1, 33], 0.45);

    [Fact]
    public void A_window_leaves_tiles_out()
    {
        const int hidden = 64, heads = 4, window = 40;
        int[] lengths = [300, 5, 0, 71];
        (EmulatedDriver driver, CudaDevice device) = Emulated();
        using var layer = new Windowed(hidden, heads, window, bias: true);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, device);
        _ = layer.Run(Some.Rows(lengths, hidden, 2));
        Check(driver, Cost(device, lengths), 0.5, batch => new()
        {
            ["norm"] = batch.Sweep(hidden, read: 3, written: 1),
            ["qkv"] = batch.Product(hidden, [3 * hidden], operands: 1),
            ["attention"] = batch.Attention(heads, hidden / heads, window),
            ["output"] = batch.Product(hidden, [hidden], operands: 2),
        });
    }

    [Fact]
    public void Masks_of_prefixes_ends_and_lengths_leave_tiles_out()
    {
        const int hidden = 64, heads = 4, prefix = 20, tail = 30, window = 40;
        int[] lengths = [300, 5, 0, 71];
        (EmulatedDriver driver, CudaDevice device) = Emulated();
        using var layer = new Bounded(hidden, heads, prefix, tail, window, global: false);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, device);
        _ = layer.Run(Some.Rows(lengths, hidden, 2));
        BatchCost batch = Cost(device, lengths);
        (string Kernel, Func<int, int, int, bool> Sees)[] masks =
        [
            ("prefixed", (_, i, j) => j < prefix || j <= i),
            ("last", (n, _, j) => j >= n - tail),
            ("near", (_, i, j) => j <= i && i - j < window),
            ("shared", (n, i, j) => j < (i % 2 == 0 ? n / 2 : n / 4)),
        ];
        foreach ((string kernel, Func<int, int, int, bool> sees) in masks)
        {
            Counts expected = batch.Attention(heads, hidden / heads, sees);
            Assert.Equal(expected.MultiplyAdds, Counts.Of(driver.KernelStatistics[kernel + "_kernel"]).MultiplyAdds);
            Assert.True(expected.MultiplyAdds < 0.9 * batch.Attention(heads, hidden / heads).MultiplyAdds, kernel);
        }
    }

    [Fact]
    public void A_reduction_of_each_sequence()
    {
        const int hidden = 72;
        int[] lengths = [50, 0, 3, 129];
        (EmulatedDriver driver, CudaDevice device) = Emulated();
        using var layer = new Mutations.Largest(hidden);
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, device);
        _ = layer.Run(Some.Rows(lengths, hidden, 2));
        Check(driver, Cost(device, lengths), 0.5, batch => new()
        {
            ["product"] = batch.Sweep(hidden, read: 2, written: 1),
            ["sequenceMax"] = batch.Reduction(hidden),
        });
    }

    private static void Bert(int[] lengths, double atMost)
    {
        const int hidden = 128, heads = 2, intermediate = 256, layers = 2, gelu = 4; // as the golden model has them
        (EmulatedDriver driver, CudaDevice device) = Emulated();
        using BertModel bert = BertModel.Load(Golden.Require("bert").Folder, device);
        using RaggedBatch batch = RaggedBatch.Pack([.. lengths.Select(n => Enumerable.Range(1, n).ToArray())]);
        var result = new RaggedMatrix();
        bert.Run(batch, result);
        Check(driver, Cost(device, lengths), atMost, b => new()
        {
            ["norm"] = b.Sweep(hidden, read: 5, written: 1, indices: 3),
            ["query_key_value"] = layers * b.Product(hidden, [hidden, hidden, hidden], operands: 1),
            ["context"] = layers * b.Attention(heads, hidden / heads),
            ["project"] = layers * b.Product(hidden, [hidden], operands: 2),
            ["attentionNorm"] = layers * b.Sweep(hidden, read: 3, written: 1),
            ["expand"] = layers * b.Product(hidden, [intermediate], operands: 1, gelu),
            ["contract"] = layers * b.Product(intermediate, [hidden], operands: 2),
            ["outputNorm"] = layers * b.Sweep(hidden, read: 3, written: 1),
        });
    }

    private static (EmulatedDriver Driver, CudaDevice Device) Emulated()
    {
        _ = NativeCode.Compiler;
        var driver = new EmulatedDriver();
        return (driver, CudaDevice.On(driver, precision: CudaPrecision.Float16));
    }

    private static BatchCost Cost(CudaDevice device, int[] lengths)
    {
        using CudaContext context = device.Open();
        return new BatchCost(lengths, context.MultiprocessorCount);
    }

    /// <summary>Each kernel by the formulas; all at most so much of the padded batch's multiply-adds (of its bytes, without any).</summary>
    private static void Check(EmulatedDriver driver, BatchCost batch, double atMost, Func<BatchCost, Dictionary<string, Counts>> kernels)
    {
        Dictionary<string, Counts> expected = kernels(batch);
        Dictionary<string, Counts> counted = driver.KernelStatistics.ToDictionary(
            k => k.Key.Replace("_kernel", "", StringComparison.Ordinal), k => Counts.Of(k.Value));
        Assert.Equal(
            expected.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Key}: {k.Value}"),
            counted.OrderBy(k => k.Key, StringComparer.Ordinal).Select(k => $"{k.Key}: {k.Value}"));

        Counts sum = counted.Values.Aggregate((a, b) => a + b), padded = kernels(batch.Padded()).Values.Aggregate((a, b) => a + b);
        double ratio = padded.MultiplyAdds > 0 ? Ratio(sum.MultiplyAdds, padded.MultiplyAdds) : Ratio(sum.Read, padded.Read);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{batch.Rows} rows, padded {batch.Padded().Rows}: {sum}; padded: {padded}; {ratio:p1} of it");
        Assert.True(ratio <= atMost, $"{ratio:p1} of the padded batch's cost");
    }

    private static double Ratio(long part, long whole) => (double)part / whole;
}
