using System.Buffers.Binary;
using System.Text.Json;
using KernelForge.Runtime.Weights;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Weights;

public sealed class WeightSourceTests
{
    [Fact]
    public void Values_names_shapes_and_metadata_come_back_as_written()
    {
        byte[] file = SafetensorsBytes.Raw(
            """
            {"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
             "one":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}
            """,
            [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f), .. BitConverter.GetBytes(3f)]);
        using WeightSource weights = WeightSource.FromMemory(file);
        Assert.Equal("pt", weights.Metadata["format"]);
        Assert.Equal(["one", "x"], weights.Tensors.Select(tensor => tensor.Name).Order());
        Assert.Equal([2L, 1L], weights["x"].Shape);
        Assert.Equal([1.5f, -2f], weights["x"].ToSingles());
        Assert.Equal(1, weights["one"].Count);
        Assert.Equal([3.0], weights["one"].ToDoubles());
        Assert.False(weights.TryFind("y", out _));
        Refuses.With<WeightException>("'y'", () => weights["y"]);
    }

    [Fact]
    public void A_file_without_tensors_and_tensors_without_elements_are_fine()
    {
        using WeightSource none = WeightSource.FromMemory(SafetensorsBytes.Raw("{}", []));
        Assert.Empty(none.Tensors);
        using WeightSource empty = WeightSource.FromMemory(new SafetensorsBytes().Add("e", [0, 7], []).Add("x", [1], [1]).ToArray());
        Assert.Empty(empty["e"].ToSingles());
    }

    [Fact]
    public void A_field_the_format_may_gain_later_is_passed_over()
    {
        byte[] file = SafetensorsBytes.Raw("""{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":{"a":[1]}}}""", [7]);
        using WeightSource weights = WeightSource.FromMemory(file);
        Assert.Equal(WeightDataType.U8, weights["x"].Type);
    }

    [Fact]
    public void Parts_of_a_tensor_can_be_copied_and_more_than_it_has_cannot()
    {
        byte[] file = new SafetensorsBytes().Add("x", [5], [0, 1, 2, 3, 4]).Add("y", [1], [9]).ToArray();
        using WeightSource weights = WeightSource.FromMemory(file);
        var two = new float[2];
        weights["x"].CopyTo(two, 3);
        Assert.Equal([3f, 4f], two);
        Assert.Throws<ArgumentOutOfRangeException>(() => weights["x"].CopyTo(two, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => weights["x"].CopyTo(two, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => weights["x"].CopyTo(two, long.MaxValue));
    }

    [Fact]
    public void A_large_tensor_is_converted_chunk_by_chunk()
    {
        const int count = (1 << 21) + 13;
        var bytes = new byte[count * sizeof(ushort)];
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * sizeof(ushort)), (Half)(i % 2048));
        using WeightSource weights = WeightSource.FromMemory(new SafetensorsBytes().Add("x", "F16", [count], bytes).ToArray());
        float[] values = weights["x"].ToSingles();
        for (int i = 0; i < count; i++)
            if (values[i] != i % 2048) Assert.Fail($"element {i} is {values[i]}");
    }

    [Fact]
    public void Integers_can_be_read_as_integers_and_never_as_weights()
    {
        byte[] file = new SafetensorsBytes()
            .Add("i64", "I64", [2], [.. BitConverter.GetBytes(-5L), .. BitConverter.GetBytes(long.MaxValue)])
            .Add("u64", "U64", [1], BitConverter.GetBytes(ulong.MaxValue))
            .Add("i32", "I32", [1], BitConverter.GetBytes(-7))
            .Add("u8", "U8", [2], [3, 255])
            .Add("i8", "I8", [1], [255])
            .Add("bool", "BOOL", [3], [0, 1, 2])
            .Add("f8", "F8_E4M3", [1], [1])
            .ToArray();
        using WeightSource weights = WeightSource.FromMemory(file);
        Assert.Equal([-5, long.MaxValue], Integers("i64"));
        Assert.Equal([-7], Integers("i32"));
        Assert.Equal([3, 255], Integers("u8"));
        Assert.Equal([-1], Integers("i8"));
        Assert.Equal([0, 1, 1], Integers("bool"));
        Refuses.With<WeightException>("above 2^63 - 1", () => Integers("u64"));
        Refuses.With<WeightException>("'i64' is I64, expected real numbers", () => weights["i64"].ToSingles());
        Refuses.With<WeightException>("is F8_E4M3, expected real", () => weights["f8"].ToDoubles());
        Refuses.With<WeightException>("is F8_E4M3, expected an integer", () => Integers("f8"));

        long[] Integers(string name)
        {
            var values = new long[weights[name].Count];
            weights[name].CopyTo(values);
            return values;
        }
    }

    [Fact]
    public void After_disposal_a_tensor_refuses_and_does_not_read_unmapped_memory()
    {
        byte[] bytes = new SafetensorsBytes().Add("x", [1], [1]).ToArray();
        using var folder = new TemporaryFolder();
        folder.Write("model.safetensors", bytes);
        foreach (WeightSource weights in (WeightSource[])[WeightSource.OpenFolder(folder.Path), WeightSource.FromMemory(bytes)])
        {
            WeightTensor tensor = weights["x"];
            weights.Dispose();
            weights.Dispose();
            Assert.Throws<ObjectDisposedException>(() => tensor.ToSingles());
        }
    }

    [Fact]
    public async Task Reading_while_another_thread_disposes_gives_the_values_or_a_refusal()
    {
        using var folder = new TemporaryFolder();
        var values = new float[100_000];
        Array.Fill(values, 3);
        string path = folder.Write("x.safetensors", new SafetensorsBytes().Add("x", [values.Length], values).ToArray());
        for (int round = 0; round < 20; round++)
        {
            WeightSource weights = WeightSource.OpenFile(path);
            WeightTensor tensor = weights["x"];
            Task<Exception?> reading = Task.Run(() => Record.Exception(() =>
            {
                for (int i = 0; i < 50; i++) Assert.Equal(3, tensor.ToSingles()[^1]);
            }));
            weights.Dispose();
            Exception? thrown = await reading;
            Assert.True(thrown is null or ObjectDisposedException, thrown?.ToString());
        }
    }

    /// <summary>Written sparsely: the file takes no space, but its offsets need more than 32 bits.</summary>
    [Fact]
    public void A_file_above_four_gigabytes_is_read_at_its_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files are sparse without being asked only on Linux");
        const long filler = 5_000_000_000;
        string header = "{\"f\":" + Entry("U8", filler, 0, filler) + ",\"x\":" + Entry("F32", 2, filler, filler + 8) + "}";
        byte[] head = SafetensorsBytes.Raw(header, []);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "large.safetensors");
        using (FileStream stream = File.Create(path))
        {
            stream.Write(head);
            stream.Seek(head.Length + filler, SeekOrigin.Begin);
            stream.Write([.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(2.5f)]);
        }
        using WeightSource weights = WeightSource.OpenFile(path);
        Assert.Equal([1.5f, 2.5f], weights["x"].ToSingles());
        var last = new long[2];
        weights["f"].CopyTo(last, filler - 2);
        Assert.Equal([0, 0], last);
        Assert.Throws<ArgumentOutOfRangeException>(() => weights["f"].CopyTo(last, filler - 1));

        static string Entry(string type, long count, long begin, long end) =>
            $$"""{"dtype":"{{type}}","shape":[{{count}}],"data_offsets":[{{begin}},{{end}}]}""";
    }

    [Fact]
    public void A_missing_folder_or_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string absent = Path.Combine(folder.Path, "absent");
        Assert.Equal($"{absent}: there is no such folder", Assert.Throws<WeightException>(() => WeightSource.OpenFolder(absent)).Message);
        Assert.Equal($"{absent}: there is no such file", Assert.Throws<WeightException>(() => WeightSource.OpenFile(absent)).Message);
        Refuses.With<WeightException>(
            "holds neither 'model.safetensors' nor 'model.safetensors.index.json'", () => WeightSource.OpenFolder(folder.Path));
        folder.Write("pytorch_model.bin", "x");
        Refuses.With<WeightException>("pickles", () => WeightSource.OpenFolder(folder.Path));
        Refuses.With<WeightException>("cannot be opened", () => WeightSource.OpenFile(folder.Path));
    }

    public static TheoryData<string> GoldenFiles()
    {
        IReadOnlyList<string> files = Data.Enumerate("golden", "*.safetensors");
        return files.Count == 0 ? ["golden/bert/model.safetensors"] : [.. files];
    }

    /// <summary>Read a second way, element by element, every golden file gives the same names and values.</summary>
    [Theory, MemberData(nameof(GoldenFiles), DisableDiscoveryEnumeration = true)]
    public void Every_golden_file_opens_and_agrees_with_an_independent_reading(string file)
    {
        string path = Data.Require(file);
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        using WeightSource weights = WeightSource.OpenFile(path);
        JsonProperty[] entries = [.. header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")];
        Assert.Equal(entries.Length, weights.Tensors.Count);
        foreach (JsonProperty entry in entries)
        {
            WeightTensor tensor = weights[entry.Name];
            Assert.Equal(entry.Value.GetProperty("shape").EnumerateArray().Select(dimension => dimension.GetInt64()), tensor.Shape);
            if (!tensor.Type.ToString().Contains('F', StringComparison.Ordinal)) continue;
            int begin = 8 + headerLength + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            float[] singles = tensor.ToSingles();
            double[] doubles = tensor.ToDoubles();
            Assert.Equal(tensor.Count, singles.Length);
            for (int i = 0; i < singles.Length; i++)
            {
                double expected = entry.Value.GetProperty("dtype").GetString() switch
                {
                    "F16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(begin + i * 2)),
                    "F32" => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(begin + i * 4)),
                    var other => throw new NotSupportedException(other),
                };
                if (singles[i] != expected || doubles[i] != expected)
                    Assert.Fail($"{file}: {entry.Name}[{i}] is {singles[i]}, expected {expected}");
            }
        }
    }
}
