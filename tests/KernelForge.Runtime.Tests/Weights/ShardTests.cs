using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Weights;

public sealed class ShardTests
{
    private static readonly byte[] A = new SafetensorsBytes().Add("a", [1], [1]).ToArray();
    private static readonly byte[] B = new SafetensorsBytes().Add("b", [2], [2, 3]).ToArray();
    private const string Both = """{"metadata":{"total_size":12},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""";

    [Fact]
    public void Shards_read_as_one_checkpoint()
    {
        using TemporaryFolder folder = Folder(Both, ("1.safetensors", A), ("2.safetensors", B));
        using WeightSource weights = WeightSource.OpenFolder(folder.Path);
        Assert.Equal([1f], weights["a"].ToSingles());
        Assert.Equal([2f, 3f], weights["b"].ToSingles());
        Assert.EndsWith("2.safetensors", weights["b"].File, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string?, string> Indexes() => new()
    {
        { "no JSON", "{", null, "not valid JSON" },
        { "an array", "[]", null, "no object 'weight_map'" },
        { "no map", "{}", null, "no object 'weight_map'" },
        { "a map that is no object", """{"weight_map":[]}""", null, "no object 'weight_map'" },
        { "an empty map", Map("""{}"""), null, "is empty" },
        { "a number for a file", Map("""{"a":1}"""), "a", "is mapped to '1'" },
        { "a file in the folder above", Map("""{"a":"../1.safetensors"}"""), "a", "no file of the same folder" },
        { "a file in a folder below", Map("""{"a":"x/1.safetensors"}"""), "a", "no file of the same folder" },
        { "an absolute path", Map("""{"a":"/etc/passwd"}"""), "a", "no file of the same folder" },
        { "a Windows path", Map("""{"a":"C:\\1.safetensors"}"""), "a", "no file of the same folder" },
        { "the folder above itself", Map("""{"a":".."}"""), "a", "no file of the same folder" },
        { "a zero in a name", Map("""{"a":"1\u0000.safetensors"}"""), "a", "no file of the same folder" },
        { "no name", Map("""{"a":""}"""), "a", "no file of the same folder" },
        { "half a surrogate pair", Map("""{"a":"\ud800"}"""), null, "not valid JSON" },
        { "a tensor twice", Map("""{"a":"1.safetensors","a":"2.safetensors"}"""), null, "not valid JSON" },
        { "a missing shard", Map("""{"a":"1.safetensors","b":"3.safetensors"}"""), null, "shard '3.safetensors', which is not in" },
        { "a tensor in another shard", Map("""{"a":"2.safetensors","b":"1.safetensors"}"""), "a", "but the index says '2.safetensors'" },
        { "a tensor in no shard", Map("""{"a":"1.safetensors","b":"2.safetensors","c":"2.safetensors"}"""), "c", "is not in the shard" },
        { "a tensor the index does not know", Map("""{"a":"1.safetensors","x":"2.safetensors"}"""), "b", "index does not name it" },
        { "a tensor in two shards", Map("""{"a":"1.safetensors","b":"copy.safetensors"}"""), "a", "is in two shards" },
        { "a damaged shard", Map("""{"a":"damaged.safetensors"}"""), null, "damaged.safetensors: is 3 bytes long" },
    };

    [Theory, MemberData(nameof(Indexes))]
    public void A_wrong_index_is_refused_by_one_clear_error(string name, string index, string? tensor, string fault)
    {
        using TemporaryFolder folder = Folder(index,
            ("1.safetensors", A), ("2.safetensors", B), ("copy.safetensors", A), ("damaged.safetensors", [1, 2, 3]));
        WeightException e = Assert.Throws<WeightException>(() => WeightSource.OpenFolder(folder.Path));
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.Path, e.Message, StringComparison.Ordinal);
        Assert.True(tensor == e.Tensor, $"{name}: blames '{e.Tensor}', expected '{tensor}'");
    }

    private static string Map(string map) => $$"""{"weight_map":{{map}}}""";

    private static TemporaryFolder Folder(string index, params (string Name, byte[] Bytes)[] shards)
    {
        var folder = new TemporaryFolder();
        folder.Write("model.safetensors.index.json", index);
        foreach ((string name, byte[] bytes) in shards) folder.Write(name, bytes);
        return folder;
    }
}
