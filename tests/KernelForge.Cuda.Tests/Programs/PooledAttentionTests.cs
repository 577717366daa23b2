using KernelForge.Emulation.Driver;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Tests;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Programs;

/// <summary>A whole program on the emulated GPU, which checks every access: weights, the batch's record, graphs, growth, results.</summary>
public sealed class PooledAttentionTests : IDisposable
{
    private const int Hidden = PooledAttention.Hidden, Inner = PooledAttention.Inner;

    private readonly TemporaryFolder folder = new();
    private readonly float[] types = Numbers(PooledAttention.Types * Hidden, 1), bias = Numbers(Inner, 2);
    private readonly float[][] weights = [Numbers(Inner * Hidden, 3), Numbers(Inner * Hidden, 4), Numbers(Inner * Hidden, 5)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(CudaPrecision.Float32, 1e-5)]
    [InlineData(CudaPrecision.TensorFloat32, 4e-3)]
    [InlineData(CudaPrecision.Float16, 4e-3)]
    [InlineData(CudaPrecision.BFloat16, 3e-2)]
    public void Every_batch_agrees_with_doubles(CudaPrecision precision, double tolerance)
    {
        using PooledAttention program = Program(precision);
        foreach (int[] lengths in (int[][])[[3, 0, 17, 1], [70, 5], [9, 30], []])
        {
            (float[] tokens, float[] pooled) = Run(program, lengths);
            (double[] expected, double[] expectedPooled) = Reference(lengths);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], tokens[i], tolerance);
            for (int i = 0; i < expectedPooled.Length; i++) Assert.Equal(expectedPooled[i], pooled[i], tolerance);
        }
    }

    [Theory]
    [InlineData(CudaPrecision.Float32)]
    [InlineData(CudaPrecision.Float16)]
    public void A_sequence_is_bit_for_bit_the_same_in_every_batch(CudaPrecision precision)
    {
        using PooledAttention program = Program(precision);
        float[] alone = Run(program, [12]).Tokens;
        foreach (int others in (int[])[3, 70, 200]) // the last two by other families, buckets and tiles
        {
            (float[] tokens, _) = Run(program, [12, others]);
            Assert.Equal(alone, tokens[..alone.Length]);
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(-64, 65)) / 256f)];
    }

    private static int TypeOf(int row) => row % PooledAttention.Types;

    private static float[] Rows(int rows) => Numbers(rows * Hidden, 6);

    private static (float[] Tokens, float[] Pooled) Run(PooledAttention program, int[] lengths)
    {
        int row = 0;
        int[][] ids = [.. lengths.Select(length => new int[length])];
        var batch = RaggedBatch.Pack(ids, [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => TypeOf(row++)).ToArray())]);
        var x = new RaggedMatrix(lengths, Hidden);
        Rows(x.Rows).CopyTo(x.Values);
        var tokens = new RaggedMatrix(lengths, Inner);
        var pooled = new Matrix(lengths.Length, Inner);
        program.Run([new(batch), new(x)], [new(tokens), new(pooled)]);
        return (tokens.Values.ToArray(), pooled.Values.ToArray());
    }

    private PooledAttention Program(CudaPrecision precision)
    {
        var cache = new CubinCache(Path.Combine(folder.Path, "cubins"), () => NativeCode.Compiler);
        return new PooledAttention(CudaDevice.On(new EmulatedDriver(), 0, precision) with { Cache = cache }, types, weights, bias);
    }

    private (double[] Tokens, double[] Pooled) Reference(int[] lengths)
    {
        const int Width = PooledAttention.HeadWidth;
        int rows = lengths.Sum(), start = 0;
        float[] x = Rows(rows);
        double[] tokens = new double[rows * Inner], pooled = new double[lengths.Length * Inner];
        for (int s = 0; s < lengths.Length; s++)
        {
            int length = lengths[s];
            for (int head = 0; head < PooledAttention.Heads; head++)
            {
                for (int i = 0; i < length; i++)
                {
                    double[] powers = new double[length];
                    for (int j = 0; j < length; j++)
                    {
                        double logit = 0;
                        for (int d = 0; d < Width; d++)
                            logit += Product(x, 0, start + i, (head * Width) + d) * Product(x, 1, start + j, (head * Width) + d);
                        powers[j] = Math.Exp((logit / 3) + (0.125 * PooledAttention.Bias(i - j)));
                    }
                    for (int d = 0; d < Width; d++)
                    {
                        double sum = 0;
                        for (int j = 0; j < length; j++) sum += powers[j] * Product(x, 2, start + j, (head * Width) + d);
                        double value = sum / powers.Sum();
                        tokens[((start + i) * Inner) + (head * Width) + d] = value;
                        pooled[(s * Inner) + (head * Width) + d] += value / length;
                    }
                }
            }
            start += length;
        }
        return (tokens, pooled);
    }

    private double Product(float[] x, int block, int row, int column)
    {
        double sum = bias[column];
        for (int k = 0; k < Hidden; k++)
            sum += (x[(row * Hidden) + k] + (double)types[(TypeOf(row) * Hidden) + k]) * weights[block][(column * Hidden) + k];
        return sum;
    }
}
