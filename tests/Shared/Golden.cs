using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace KernelForge.TestData;

/// <summary>
/// A golden model: a small checkpoint in <see cref="Folder"/> and what its reference implementation gave for each case, every sequence run
/// alone in float64. Read with nothing of the library under test.
/// </summary>
internal sealed partial class Golden
{
    private readonly Dictionary<string, double> errors;

    private Golden(string folder)
    {
        Folder = folder;
        Dictionary<string, GoldenTensor> expected = ReadExpected(Path.Combine(folder, "expected.safetensors"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        JsonElement root = document.RootElement;
        Family = root.GetProperty("family").GetString()!;
        Float32Error = root.GetProperty("float32_error").GetDouble();
        errors = root.TryGetProperty("by_output", out JsonElement outputs)
            ? outputs.EnumerateObject().ToDictionary(output => output.Name, output => output.Value.GetProperty("float32_error").GetDouble())
            : [];
        JsonElement[] listed = [.. root.GetProperty("cases").EnumerateArray()];
        // Where the input is not token ids the list is empty, and the cases are those of the expected values.
        int count = Math.Max(listed.Length, expected.Keys.Max(key => int.Parse(key.AsSpan(0, key.IndexOf('.')))) + 1);
        Cases = [.. Enumerable.Range(0, count).Select(i => new GoldenCase(i, i < listed.Length ? listed[i] : default, expected))];
    }

    /// <summary>The folder with <c>config.json</c> and <c>model.safetensors</c>.</summary>
    public string Folder { get; }

    public string Family { get; }

    /// <summary>The largest difference between the reference implementation's own float32 and float64 runs.</summary>
    public double Float32Error { get; }

    /// <summary>How far a float32 run may be from the expected values.</summary>
    public double Tolerance => 8 * Float32Error;

    /// <summary>The same for one of several outputs.</summary>
    public double ToleranceOf(string output) => errors.TryGetValue(output, out double error) ? 8 * error : Tolerance;

    public IReadOnlyList<GoldenCase> Cases { get; }

    /// <summary>The ids of every case, ready to be packed.</summary>
    public int[][] Ids =>
        [.. Cases.Select(one => one.Ids ?? throw new InvalidOperationException($"case {one.Index} of {Family} has no ids"))];

    /// <summary>The types of every case, or null where the model has none.</summary>
    public int[][]? Types => Cases.All(one => one.Types is not null) ? [.. Cases.Select(one => one.Types!)] : null;

    /// <summary>Reads the golden model of a folder.</summary>
    public static Golden Open(string folder) => new(folder);

    /// <summary>The largest absolute difference; infinite where a value is NaN, so that no comparison with it succeeds.</summary>
    /// <param name="expected"><c>[rows, columns]</c>.</param>
    /// <param name="actual">The same, row after row.</param>
    public static double LargestDifference(float[,] expected, ReadOnlySpan<float> actual)
    {
        if (actual.Length != expected.Length) throw new ArgumentException($"{actual.Length} values, expected are {expected.Length}", nameof(actual));
        double largest = 0;
        int i = 0;
        foreach (float value in expected)
        {
            double difference = Math.Abs((double)value - actual[i++]);
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        return largest;
    }

    private static Dictionary<string, GoldenTensor> ReadExpected(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int dataStart = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8..dataStart));
        var tensors = new Dictionary<string, GoldenTensor>(StringComparer.Ordinal);
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__") continue;
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32())];
            JsonElement offsets = entry.Value.GetProperty("data_offsets");
            byte[] data = bytes[(dataStart + offsets[0].GetInt32())..(dataStart + offsets[1].GetInt32())];
            tensors.Add(entry.Name, new GoldenTensor(shape, Values(entry.Value.GetProperty("dtype").GetString(), data)));
        }
        return tensors;
    }

    private static float[] Values(string? type, byte[] data) => type switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(data).ToArray(),
        "I32" => [.. MemoryMarshal.Cast<byte, int>(data).ToArray().Select(value => (float)value)], // indices, far below 2^24
        _ => throw new NotSupportedException($"an expected value of type {type}"),
    };
}
