using System.Diagnostics;
using System.Globalization;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Weights;

/// <summary>
/// Files damaged from a seed either load, whole and consistent, or are refused by a <see cref="WeightException"/>: nothing else,
/// and no read out of bounds. It takes a minute, beside the other tests; <c>KERNELFORGE_FUZZ_SECONDS</c> and
/// <c>KERNELFORGE_FUZZ_SEED</c> change time and seed.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private static readonly byte[][] Valid =
    [
        new SafetensorsBytes().Add("a", [2, 3], [1, 2, 3, 4, 5, 6]).Add("b", "F16", [5], new byte[10])
            .Add("c", "I64", [1], new byte[8]).Add("d", "BF16", [0, 7], []).Add("e", "F64", [], new byte[8]).ToArray(),
        SafetensorsBytes.Raw("""{"__metadata__":{"format":"pt"},"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}} """, [1, 2, 3]),
        new SafetensorsBytes().Add("long", "F16", [40], new byte[80]).ToArray(),
    ];

    [Fact]
    public void A_damaged_file_either_loads_or_is_refused_by_a_weight_exception()
    {
        int seed = Setting("KERNELFORGE_FUZZ_SEED", 20261127);
        var time = TimeSpan.FromSeconds(Setting("KERNELFORGE_FUZZ_SECONDS", 60));
        var clock = Stopwatch.StartNew();
        using var folder = new TemporaryFolder();
        int files = 0, loaded = 0;
        while (clock.Elapsed < time)
        {
            var random = new Random(seed + files);
            byte[] file = Mutation.Of(Valid[random.Next(Valid.Length)], random);
            try
            {
                // Every eighth goes through a mapping, where a read beyond the end would end the process.
                if (TryLoad(files % 8 == 0 ? folder.Write("model.safetensors", file) : null, file)) loaded++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"KERNELFORGE_FUZZ_SEED={seed + files} gives this at once; the file is {Convert.ToBase64String(file)}", e);
            }
            files++;
        }
        output.WriteLine($"seed {seed}: {files} files in {clock.Elapsed.TotalSeconds:f0} s, of which {loaded} still loaded");
        Assert.True(loaded > 0 && loaded < files, $"{loaded} of {files} files loaded: the mutations test nothing");
    }

    private static bool TryLoad(string? path, byte[] file)
    {
        try
        {
            using WeightSource weights = path is null ? WeightSource.FromMemory(file) : WeightSource.OpenFile(path);
            long bytes = 0;
            foreach (WeightTensor tensor in weights.Tensors)
            {
                bytes += tensor.Count * tensor.Type.Bytes();
                if (tensor.Type.IsInteger()) tensor.CopyTo(new long[tensor.Count]);
                if (!tensor.Type.IsReal()) continue;
                Assert.Equal(tensor.Count, tensor.ToSingles().Length);
                Assert.Equal(tensor.Count, tensor.ToDoubles().Length);
            }
            Assert.Equal(file.Length - 8 - BitConverter.ToInt64(file), bytes);
            return true;
        }
        catch (WeightException e)
        {
            Assert.StartsWith(path ?? "weights in memory", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static int Setting(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : otherwise;
}
