using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>Ready models against outputs of their reference implementations, all cases of a family in one ragged batch.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string family in Encoders.Families)
                foreach (string device in Devices.All.Select(row => row.Data))
                    all.Add(family, device);
            foreach (string family in Encoders.MoreFamilies)
                foreach (string device in Devices.OfMoreFamilies.Select(row => row.Data))
                    all.Add(family, device);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_case_of_a_family_comes_out_of_one_batch_as_if_it_ran_alone(string family, string device)
    {
        Golden golden = Golden.Require(family);
        using Encoder encoder = Encoders.Load(golden.Folder, Devices.Of(device));
        GoldenCase[] cases = [.. golden.Cases.Where(c => Encoders.Families.Contains(family) || c.Ids!.Length <= Devices.LongestOfMoreFamilies)];
        int[][]? types = golden.Types is { } all ? [.. cases.Select(c => all[c.Index])] : null;
        RaggedMatrix output = encoder.Of([.. cases.Select(c => c.Ids!)], types);
        double tolerance = Devices.Tolerance(device, golden);
        Assert.All(cases.Index(), item =>
        {
            (int at, GoldenCase c) = item;
            double difference = Golden.LargestDifference(c.Output, output.Sequence(at));
            string told = $"case {c.Index} ({c.Ids!.Length} tokens) differs by {difference:g3}, allowed are {tolerance:g3}";
            TestContext.Current.TestOutputHelper?.WriteLine(told);
            Assert.True(difference <= tolerance, told);
        });

        if (device == "reference") return;
        int most = Encoders.Families.Contains(family) ? Devices.MostAlone : Devices.MostAloneOfMoreFamilies;
        foreach ((int at, GoldenCase c) in cases.Index().OrderBy(item => item.Item.Ids!.Length).Take(most))
        {
            RaggedMatrix alone = encoder.Of([c.Ids!], types is null ? null : [types[at]]);
            Assert.True(alone.Values.SequenceEqual(output.Sequence(at)), $"case {c.Index} has other bits alone");
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_sequence_has_the_same_bits_whatever_shares_its_batch(string device)
    {
        Golden golden = Golden.Require("bert");
        int[][] ids = golden.Ids;
        int[][] types = golden.Types ?? [.. ids.Select(i => new int[i.Length])];
        using Encoder encoder = Encoders.Load(golden.Folder, Devices.Of(device));
        using Encoder divided = Encoders.Load(golden.Folder, Devices.DividedOtherwise(device));
        RaggedMatrix together = encoder.Of(ids, types);
        var random = new Random(7);
        for (int round = 0; round < Devices.Rounds; round++)
        {
            // Any sequences in any order, some twice, empty ones between them.
            int[] chosen = [.. Enumerable.Range(0, 1 + random.Next(ids.Length * 2)).Select(_ => random.Next(-1, ids.Length))];
            RaggedMatrix mixed = (round % 2 == 0 ? encoder : divided).Of(
                [.. chosen.Select(c => c < 0 ? [] : ids[c])], [.. chosen.Select(c => c < 0 ? [] : types[c])]);
            for (int s = 0; s < chosen.Length; s++)
                if (chosen[s] >= 0) Assert.True(mixed.Sequence(s).SequenceEqual(together.Sequence(chosen[s])), $"round {round}, sequence {s}");
        }
    }

    [Theory]
    [MemberData(nameof(Devices.All), MemberType = typeof(Devices))]
    public void Empty_sequences_and_empty_batches_run_and_pool_to_zeros(string device)
    {
        Golden golden = Golden.Require("bert");
        using Encoder encoder = Encoders.Load(golden.Folder, Devices.Of(device));
        RaggedMatrix some = encoder.Of([[], golden.Ids[0], []], null);
        Matrix pooled = some.MeanPool().Normalize();
        Assert.All(pooled.Row(0).ToArray(), v => Assert.Equal(0, v));
        Assert.All(pooled.Row(2).ToArray(), v => Assert.Equal(0, v));
        Assert.Equal(1, Math.Sqrt(pooled.Row(1).ToArray().Sum(v => (double)v * v)), 5);
        Assert.Equal(0, encoder.Of([[], []], null).Rows);
        Assert.Equal(0, encoder.Of([], null).SequenceCount);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Several_threads_may_run_one_model_at_once(string device)
    {
        Golden golden = Golden.Require("bert");
        using Encoder encoder = Encoders.Load(golden.Folder, Devices.Of(device));
        int[][] ids = golden.Ids;
        RaggedMatrix together = encoder.Of(ids, golden.Types);
        int[][]? types = golden.Types;
        Parallel.For(0, Devices.Runs, new ParallelOptions { MaxDegreeOfParallelism = Devices.Threads }, run =>
        {
            int c = run % ids.Length;
            RaggedMatrix alone = encoder.Of([ids[c]], types is null ? null : [types[c]]);
            Assert.True(alone.Sequence(0).SequenceEqual(together.Sequence(c)), $"run {run}");
        });
    }
}
