using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Heads against outputs of their reference implementations: all cases of a family in one ragged batch, and each alone.</summary>
public sealed class HeadTests
{
    public static TheoryData<string, string, string> Cases
    {
        get
        {
            TheoryData<string, string, string> all = [];
            foreach ((string family, string expected) in Heads.All)
                foreach (string device in Devices.All.Select(row => row.Data))
                    all.Add(family, expected, device);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_head_gives_what_its_reference_gives(string family, string expected, string device)
    {
        Golden golden = Golden.Require(family);
        double tolerance = Devices.Tolerance(device, golden, other => Distance(golden, expected, other));
        double difference = Distance(golden, expected, Devices.Of(device));
        string told = $"differs by {difference:g3}, allowed are {tolerance:g3}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(difference <= tolerance, told);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sequence_has_the_same_bits_alone_and_beside_empty_ones(string family, string expected, string device)
    {
        Golden golden = Golden.Require(family);
        using HeadRun head = Heads.Load(golden, expected, Devices.Of(device));
        float[][] together = head.Of(golden.Ids, golden.Types);
        foreach (GoldenCase one in golden.Cases)
        {
            int[] types = one.Types ?? new int[one.Ids!.Length];
            Assert.Equal(together[one.Index], head.Of([[], one.Ids!, []], [[], types, []])[1]);
        }
    }

    private static double Distance(Golden golden, string expected, Device device)
    {
        using HeadRun head = Heads.Load(golden, expected, device);
        float[][] result = head.Of(golden.Ids, golden.Types);
        return golden.Cases.Max(one => Golden.LargestDifference(one.Matrix(expected), result[one.Index]));
    }
}
