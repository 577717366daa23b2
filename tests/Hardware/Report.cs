using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Hardware;

/// <summary>What was seen, in order, and whether all of it was right.</summary>
/// <param name="command">What was run.</param>
internal sealed class Report(string command)
{
    private readonly List<(string Name, Action<Utf8JsonWriter> Write)> entries = [];

    public bool IsRight { get; private set; } = true;

    public void Text(string name, string value) => entries.Add((name, json => json.WriteStringValue(value)));

    public void Number(string name, double value) => entries.Add((name, json => json.WriteNumberValue(Math.Round(value, 9))));

    public void Node(string name, JsonNode value) => entries.Add((name, json => value.WriteTo(json)));

    /// <summary>The machine, of which every number is one.</summary>
    public void Machine(CudaDevices found)
    {
        Text("hardware", found.Devices[0].Name);
        Text("driver", found.Driver);
        Text("compiler", found.Compiler);
        Text("processors", $"{Environment.ProcessorCount} of the host");
    }

    /// <summary>What another program found; its <c>"right": false</c>, at any depth, is ours.</summary>
    public void Include(string name, JsonDocument found)
    {
        entries.Add((name, found.WriteTo));
        if (HasWrong(found.RootElement)) Check($"{name} is right", false, "one of its results is not");
    }

    /// <summary>Runs a part; one that throws is wrong, and the others go on.</summary>
    public void Try(string name, Action part)
    {
        try
        {
            part();
        }
        catch (Exception error)
        {
            Check(name, false, error.ToString());
        }
    }

    public void Check(string name, bool right, string seen)
    {
        IsRight &= right;
        Text(name, (right ? "right: " : "WRONG: ") + seen);
        Console.Error.WriteLine($"{name}: {(right ? "right" : "WRONG")}: {seen}");
    }

    /// <summary>Runs what has to fail with an error whose text names all of <paramref name="parts"/>.</summary>
    public void Fails(string name, Action action, params string[] parts)
    {
        try
        {
            action();
            Check(name, false, "nothing was thrown");
        }
        catch (Exception error)
        {
            Check(name, parts.All(p => error.Message.Contains(p, StringComparison.Ordinal)), error.Message);
        }
    }

    public void Differs(string name, ReadOnlySpan<float> actual, ReadOnlySpan<double> expected, double limit)
    {
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        Check(name, largest <= limit, string.Create(CultureInfo.InvariantCulture, $"largest difference {largest:g3} of {expected.Length} values, allowed {limit:g3}"));
    }

    /// <summary>Writes the report.</summary>
    /// <param name="path">A file, or null for standard output.</param>
    public void Write(string? path)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("what", "the CUDA runtime and generated programs on hardware");
            json.WriteString("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteString("command", command);
            json.WriteBoolean("right", IsRight);
            foreach ((string name, Action<Utf8JsonWriter> write) in entries)
            {
                json.WritePropertyName(name);
                write(json);
            }
            json.WriteEndObject();
        }
        string text = System.Text.Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
        if (path is null) Console.Out.Write(text);
        else File.WriteAllText(path, text);
    }

    private static bool HasWrong(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Any(p => (p.Name == "right" && p.Value.ValueKind == JsonValueKind.False) || HasWrong(p.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(HasWrong),
        _ => false,
    };
}
