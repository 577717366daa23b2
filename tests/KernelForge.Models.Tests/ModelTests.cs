using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests;

/// <summary>What holds of ready models on the CPU alone, or whatever the device.</summary>
public sealed class ModelTests
{
    /// <summary>Families whose checkpoints hold an encoder and a head.</summary>
    public static TheoryData<string> WithHeads => ["bert-classifier", "bert-tokens", "distilbert-classifier", "roberta-reranker"];

    [Theory]
    [MemberData(nameof(WithHeads))]
    public void The_encoder_of_a_checkpoint_with_a_head_is_found_by_its_prefix(string family)
    {
        Golden golden = Golden.Require(family);
        using Encoder encoder = Encoders.Load(golden.Folder, Device.Cpu());
        GoldenCase told = Assert.Single(golden.Cases, c => c.Has("hidden0"));
        int last = Enumerable.Range(0, 100).TakeWhile(i => told.Has("hidden" + i)).Last();
        RaggedMatrix output = encoder.Of([told.Ids!], told.Types is null ? null : [told.Types]);
        Assert.InRange(Golden.LargestDifference(told.Matrix("hidden" + last), output.Sequence(0)), 0, golden.Tolerance);
    }

    [Fact]
    public void Ids_and_lengths_beyond_the_tables_are_refused_by_name()
    {
        Golden golden = Golden.Require("bert");
        using Encoder encoder = Encoders.Load(golden.Folder, Device.Cpu(1));
        string id = Assert.Throws<ArgumentException>(() => encoder.Of([[1, 2], [3, 9999]], null)).Message;
        Assert.Contains("sequence 1, token 1", id, StringComparison.Ordinal);
        Assert.Contains("9999", id, StringComparison.Ordinal);
        Assert.Contains("word", id, StringComparison.Ordinal);
        string type = Assert.Throws<ArgumentException>(() => encoder.Of([[1, 2]], [[0, 7]])).Message;
        Assert.Contains("Types", type, StringComparison.Ordinal);
        string length = Assert.Throws<ArgumentException>(() => encoder.Of([[1], new int[161]], null)).Message;
        Assert.Contains("sequence 1 has 161 tokens", length, StringComparison.Ordinal);
        Assert.Contains("160", length, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_warm_run_into_a_destination_allocates_nothing(string device)
    {
        Golden golden = Golden.Require("bert");
        using BertModel model = BertModel.Load(golden.Folder, Devices.Of(device));
        using RaggedBatch batch = RaggedBatch.Pack(golden.Ids, golden.Types);
        var destination = new RaggedMatrix();
        for (int i = 0; i < 3; i++) model.Run(batch, destination);
        long own = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) model.Run(batch, destination);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - own);
    }
}
