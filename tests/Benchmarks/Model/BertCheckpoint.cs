using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Model;

/// <summary>
/// A checkpoint of BERT-base's layers, drawn in memory from one seed: matrices and biases N(0, 0.02), norm weights N(1, 0.02). The
/// numbers are those of the other contenders, so that the results can be compared and not only the times.
/// </summary>
internal static class BertCheckpoint
{
    private const ulong Seed = 42;
    private const int TensorsOfALayer = 16;
    private const float Deviation = 0.02f;

    public static string Config(int layers) => new JsonObject
    {
        ["model_type"] = "bert",
        ["hidden_size"] = BertBase.Hidden,
        ["num_hidden_layers"] = layers,
        ["num_attention_heads"] = BertBase.Heads,
        ["intermediate_size"] = BertBase.Intermediate,
        ["hidden_act"] = "gelu",
        ["layer_norm_eps"] = BertBase.Epsilon,
    }.ToJsonString();

    /// <summary>A safetensors file: the header's length, the header, the numbers.</summary>
    public static byte[] Weights(int layers)
    {
        var tensors = new List<Tensor>();
        for (int layer = 0; layer < layers; layer++) tensors.AddRange(Layer(layer));
        byte[] header = Encoding.UTF8.GetBytes(Header(tensors));
        var file = new byte[sizeof(long) + header.Length + (tensors.Sum(t => t.Count) * sizeof(float))];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, sizeof(long));
        Span<byte> data = file.AsSpan(sizeof(long) + header.Length);
        foreach (Tensor tensor in tensors)
        {
            tensor.Write(MemoryMarshal.Cast<byte, float>(data[..(tensor.Count * sizeof(float))]));
            data = data[(tensor.Count * sizeof(float))..];
        }
        return file;
    }

    /// <summary>Drawn as [inputs, outputs], queries, keys and values side by side; a linear layer stores [outputs, inputs].</summary>
    private static IEnumerable<Tensor> Layer(int layer)
    {
        const int hidden = BertBase.Hidden, intermediate = BertBase.Intermediate, three = 3 * hidden;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"encoder.layer.{layer}.");
        float[] projections = Draw(0, hidden * three), projectionBiases = Draw(1, three);
        string[] parts = ["query", "key", "value"];
        for (int part = 0; part < parts.Length; part++)
        {
            yield return Matrix($"attention.self.{parts[part]}", projections, hidden, hidden, part * hidden, three);
            yield return Vector($"attention.self.{parts[part]}.bias", projectionBiases[(part * hidden)..((part + 1) * hidden)]);
        }
        yield return Matrix("attention.output.dense", Draw(2, hidden * hidden), hidden, hidden, 0, hidden);
        yield return Vector("attention.output.dense.bias", Draw(3, hidden));
        yield return Vector("attention.output.LayerNorm.weight", Draw(4, hidden, mean: 1));
        yield return Vector("attention.output.LayerNorm.bias", Draw(5, hidden));
        yield return Matrix("intermediate.dense", Draw(6, hidden * intermediate), hidden, intermediate, 0, intermediate);
        yield return Vector("intermediate.dense.bias", Draw(7, intermediate));
        yield return Matrix("output.dense", Draw(8, intermediate * hidden), intermediate, hidden, 0, hidden);
        yield return Vector("output.dense.bias", Draw(9, hidden));
        yield return Vector("output.LayerNorm.weight", Draw(10, hidden, mean: 1));
        yield return Vector("output.LayerNorm.bias", Draw(11, hidden));

        float[] Draw(int tensor, int count, float mean = 0)
        {
            var values = new float[count];
            ulong seed = (Seed * 1_000_003) + (ulong)((layer * TensorsOfALayer) + tensor);
            PseudoNormal.Fill(values, SplitMix64.Scramble(seed), Deviation, mean);
            return values;
        }

        Tensor Vector(string name, float[] values) => new(prefix + name, [values.Length], values, 1, values.Length, 0, values.Length);

        Tensor Matrix(string name, float[] values, int inputs, int outputs, int firstColumn, int columns) =>
            new($"{prefix}{name}.weight", [outputs, inputs], values, inputs, outputs, firstColumn, columns);
    }

    private static string Header(List<Tensor> tensors)
    {
        var header = new JsonObject();
        long offset = 0;
        foreach (Tensor tensor in tensors)
        {
            long end = offset + ((long)tensor.Count * sizeof(float));
            header.Add(tensor.Name, new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.Shape.Select(side => (JsonNode)side)]),
                ["data_offsets"] = new JsonArray(offset, end),
            });
            offset = end;
        }
        return header.ToJsonString();
    }

    /// <summary>Some columns of a drawn [inputs, columns] matrix, to be written transposed; a vector is a matrix of one input.</summary>
    private sealed record Tensor(string Name, int[] Shape, float[] Drawn, int Inputs, int Outputs, int FirstColumn, int Columns)
    {
        public int Count => Inputs * Outputs;

        public void Write(Span<float> destination)
        {
            for (int input = 0; input < Inputs; input++)
            {
                ReadOnlySpan<float> row = Drawn.AsSpan((input * Columns) + FirstColumn, Outputs);
                for (int output = 0; output < Outputs; output++) destination[(output * Inputs) + input] = row[output];
            }
        }
    }
}
