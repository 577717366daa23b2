using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelForge.Benchmarks.Onnx;

/// <summary>An ONNX model under construction; field numbers are those of <c>onnx.proto</c>.</summary>
internal sealed class OnnxGraph
{
    /// <summary>The domain of the operators that ONNX Runtime adds.</summary>
    public const string Microsoft = "com.microsoft";

    private const int FormatVersion = 8, OperatorVersion = 17;

    private readonly Message graph = new();
    private int nodes;

    public OnnxGraph(string name) => graph.Add(2, name);

    /// <summary>The types of <c>TensorProto.DataType</c> that a model here has.</summary>
    public enum Element
    {
        Float = 1,
        Int8 = 3,
        Int32 = 6,
    }

    /// <summary>Adds a node and names its results, of which it has as many as asked for.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">In the operator's order; empty where one is left out.</param>
    /// <param name="domain">Empty for ONNX's own.</param>
    /// <param name="results">How many.</param>
    /// <param name="attributes">Integers and floats.</param>
    public string[] Node(
        string type, string[] inputs, string domain = "", int results = 1, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{type}_{nodes++}");
        string[] outputs = [.. Enumerable.Range(0, results).Select(i => $"{name}_{i}")];
        var node = new Message();
        foreach (string input in inputs) node.Add(1, input);
        foreach (string output in outputs) node.Add(2, output);
        node.Add(3, name).Add(4, type);
        foreach ((string attribute, object value) in attributes) node.Add(5, Attribute(attribute, value));
        if (domain.Length > 0) node.Add(7, domain);
        graph.Add(1, node);
        return outputs;
    }

    public string Constant(string name, float[] values, params long[] shape) =>
        Constant(name, Element.Float, MemoryMarshal.AsBytes(values.AsSpan()), shape);

    public string Constant(string name, sbyte[] values, params long[] shape) =>
        Constant(name, Element.Int8, MemoryMarshal.AsBytes(values.AsSpan()), shape);

    /// <param name="name">Of the input.</param>
    /// <param name="element">Of its elements.</param>
    /// <param name="shape">Numbers, and names of what only a run knows.</param>
    public string Input(string name, Element element, params object[] shape)
    {
        graph.Add(11, Described(name, element, shape));
        return name;
    }

    /// <summary>Gives a result the name by which a run asks for it.</summary>
    public void Output(string name, string source, params object[] shape)
    {
        graph.Add(1, new Message().Add(1, source).Add(2, name).Add(3, name).Add(4, "Identity"));
        graph.Add(12, Described(name, Element.Float, shape));
    }

    public void WriteTo(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        Message model = new Message().Add(1, FormatVersion).Add(2, "kernelforge")
            .Add(8, new Message().Add(1, "").Add(2, OperatorVersion))
            .Add(8, new Message().Add(1, Microsoft).Add(2, 1))
            .Add(7, graph);
        using FileStream file = File.Create(path);
        file.Write(model.Written);
    }

    private string Constant(string name, Element element, ReadOnlySpan<byte> values, long[] shape)
    {
        var tensor = new Message();
        foreach (long side in shape) tensor.Add(1, side);
        graph.Add(5, tensor.Add(2, (long)element).Add(8, name).Add(9, values));
        return name;
    }

    private static Message Attribute(string name, object value)
    {
        const long floatType = 1, integerType = 2;
        Message attribute = new Message().Add(1, name);
        return value switch
        {
            float number => attribute.Add(2, number).Add(20, floatType),
            int number => attribute.Add(3, (long)number).Add(20, integerType),
            _ => throw new ArgumentException($"'{name}' is neither an int nor a float", nameof(value)),
        };
    }

    private static Message Described(string name, Element element, object[] shape)
    {
        var sides = new Message();
        foreach (object side in shape)
            sides.Add(1, side is string known ? new Message().Add(2, known) : new Message().Add(1, (long)(int)side));
        Message tensor = new Message().Add(1, (long)element).Add(2, sides);
        return new Message().Add(1, name).Add(2, new Message().Add(1, tensor));
    }
}
