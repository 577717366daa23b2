using System.Buffers.Binary;
using System.Text.Json;
using KernelForge.TestData;

namespace KernelForge.Emulation.Tests.Conformance;

/// <summary>A compiled kernel with its inputs and what must come out, or with the fault that must be found.</summary>
internal sealed class ConformanceCase
{
    private readonly JsonElement description;
    private readonly Dictionary<string, byte[]> data;

    private ConformanceCase(string folder)
    {
        using var parsed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        description = parsed.RootElement.Clone();
        Ptx = File.ReadAllText(Path.Combine(folder, "kernel.ptx"));
        data = ReadTensors(Path.Combine(folder, "data.safetensors"));
    }

    public string Ptx { get; }

    public string Entry => description.GetProperty("entry").GetString()!;

    public Index3 Grid => Extent("grid");

    public Index3 Block => Extent("block");

    public int SharedBytes => description.GetProperty("dynamic_shared_bytes").GetInt32();

    /// <summary>Null where the kernel is right.</summary>
    public JsonElement? Fault =>
        description.GetProperty("expected_fault") is { ValueKind: JsonValueKind.Object } fault ? fault : null;

    public IEnumerable<JsonElement> Parameters => description.GetProperty("params").EnumerateArray();

    public IEnumerable<JsonProperty> Tensors => description.GetProperty("tensors").EnumerateObject();

    public static ConformanceCase Open(string name) => new(Data.Require($"ptx/{name}"));

    /// <summary>The cases of sm_80 whose name begins as given or does not; a placeholder that skips where the data is not there.</summary>
    public static IEnumerable<string> Names(bool broken)
    {
        if (Data.Find("ptx") is not { } root) return ["missing"];
        return Directory.EnumerateDirectories(root, "*.sm_80").Select(d => Path.GetFileName(d)!)
            .Where(n => n.StartsWith("broken-", StringComparison.Ordinal) == broken).Order(StringComparer.Ordinal);
    }

    public byte[] Initial(JsonProperty tensor) =>
        data.TryGetValue(tensor.Name, out byte[]? bytes) ? bytes : new byte[tensor.Value.GetProperty("bytes").GetInt64()];

    public byte[]? Expected(string tensor) => data.GetValueOrDefault(tensor + ".expected");

    /// <summary>Of a tensor: <c>|got - want| ≤ Absolute + Relative · |want|</c>.</summary>
    public (double Absolute, double Relative) Tolerance(string tensor)
    {
        JsonElement tolerance = description.GetProperty("tolerance").GetProperty(tensor);
        return (tolerance.GetProperty("atol").GetDouble(), tolerance.GetProperty("rtol").GetDouble());
    }

    private Index3 Extent(string name)
    {
        int[] sizes = [.. description.GetProperty(name).EnumerateArray().Select(s => s.GetInt32())];
        return new Index3(sizes[0], sizes[1], sizes[2]);
    }

    private static Dictionary<string, byte[]> ReadTensors(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var parsed = JsonDocument.Parse(file.AsMemory(8, header));
        var tensors = new Dictionary<string, byte[]>();
        foreach (JsonProperty tensor in parsed.RootElement.EnumerateObject())
        {
            if (tensor.Name == "__metadata__") continue;
            int[] ends = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32())];
            tensors[tensor.Name] = file[(8 + header + ends[0])..(8 + header + ends[1])];
        }
        return tensors;
    }
}
