using System.Text.Json;

namespace KernelForge.TestData;

/// <summary>An array of floats (or of indices, as floats), outermost dimension first.</summary>
internal sealed record GoldenTensor(int[] Shape, float[] Values)
{
    /// <summary>As a matrix: a vector is one row, and more dimensions keep the last.</summary>
    public float[,] ToMatrix()
    {
        int columns = Shape.Length == 0 ? 1 : Shape[^1];
        var matrix = new float[columns == 0 ? 0 : Values.Length / columns, columns];
        Buffer.BlockCopy(Values, 0, matrix, 0, Values.Length * sizeof(float));
        return matrix;
    }
}

/// <summary>One sequence, or one pair of them, with everything that is expected of it.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, GoldenTensor> expected;
    private readonly Dictionary<string, int[]> inputs;

    public GoldenCase(int index, JsonElement listed, Dictionary<string, GoldenTensor> expected)
    {
        Index = index;
        this.expected = expected;
        Ids = Integers(listed, "ids");
        Types = Integers(listed, "types");
        Source = Integers(listed, "source");
        Target = Integers(listed, "target");
        Lengths = Integers(listed, "lengths");
        inputs = listed.ValueKind == JsonValueKind.Object && listed.TryGetProperty("inputs", out JsonElement named)
            ? named.EnumerateObject().Where(input => input.Value.ValueKind == JsonValueKind.Array)
                .ToDictionary(input => input.Name, input => Integers(named, input.Name)!)
            : [];
    }

    public int Index { get; }

    public int[]? Ids { get; }

    public int[]? Types { get; }

    /// <summary>What an encoder reads.</summary>
    public int[]? Source { get; }

    /// <summary>What a decoder reads.</summary>
    public int[]? Target { get; }

    /// <summary>How many rows its inputs have, where the case says so.</summary>
    public int[]? Lengths { get; }

    /// <summary>The last hidden state, <c>[tokens, hidden]</c>.</summary>
    public float[,] Output => Matrix("output");

    /// <summary>Whether something of this name is expected: <c>logits</c>, <c>pooled</c>, <c>hidden0</c> (the embeddings) …</summary>
    public bool Has(string name) => expected.ContainsKey($"{Index}.{name}");

    public GoldenTensor Tensor(string name) => expected[$"{Index}.{name}"];

    public float[,] Matrix(string name) => Tensor(name).ToMatrix();

    /// <summary>An input of integers, from wherever the case has it.</summary>
    public int[] Integers(string name) =>
        inputs.TryGetValue(name, out int[]? values) ? values : [.. Tensor(name).Values.Select(value => (int)value)];

    private static int[]? Integers(JsonElement listed, string key) =>
        listed.ValueKind == JsonValueKind.Object && listed.TryGetProperty(key, out JsonElement values)
            ? [.. values.EnumerateArray().Select(value => value.GetInt32())]
            : null;
}
