using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Sources;

/// <summary>The reader of golden data that other tests judge by is itself held against the library's reader.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Families()
    {
        IReadOnlyList<string> files = Data.Enumerate("golden", "cases.json");
        return files.Count == 0 ? ["bert"] : [.. files.Select(file => file["golden/".Length..^"/cases.json".Length])];
    }

    [Theory, MemberData(nameof(Families), DisableDiscoveryEnumeration = true)]
    public void Every_family_has_cases_and_the_values_the_weight_reader_finds(string family)
    {
        Golden golden = Golden.Require(family);
        Assert.InRange(golden.Tolerance, 1e-7, 1e-2);
        Assert.NotEmpty(golden.Cases);
        using WeightSource expected = WeightSource.OpenFile(Path.Combine(golden.Folder, "expected.safetensors"));
        int compared = 0;
        foreach (GoldenCase one in golden.Cases)
        {
            foreach (string name in (string[])["output", "logits", "pooled", "hidden0", "encoder", "decoder", "input"])
            {
                Assert.Equal(expected.TryFind($"{one.Index}.{name}", out var tensor), one.Has(name));
                if (tensor is null) continue;
                Assert.Equal(0, Golden.LargestDifference(one.Matrix(name), tensor.ToSingles()));
                compared++;
            }
            if (one.Has("output") && one.Ids is not null) Assert.Equal(one.Ids.Length, one.Output.GetLength(0));
        }
        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void The_cases_pack_into_one_ragged_batch()
    {
        Golden golden = Golden.Require("bert");
        using RaggedBatch batch = RaggedBatch.Pack(golden.Ids, golden.Types, maxLength: 160);
        Assert.Equal(golden.Cases.Sum(one => one.Output.GetLength(0)), batch.TokenCount);
        Assert.Null(Golden.Require("distilbert").Types);
    }

    [Fact]
    public void A_difference_is_found_and_a_NaN_is_never_close()
    {
        Assert.Equal(2, Golden.LargestDifference(new float[,] { { 1, 2 }, { 3, 4 } }, [1, 2, 5, 4.5f]));
        Assert.Equal(double.PositiveInfinity, Golden.LargestDifference(new float[,] { { 1, 2 } }, [float.NaN, 2]));
    }
}
