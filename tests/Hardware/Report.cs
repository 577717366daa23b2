using System.Globalization;
using System.Text.Json;

namespace KernelForge.Hardware;

/// <summary>What was seen, in order, and whether all of it was right.</summary>
internal sealed class Report
{
    private readonly List<(string Name, Action<Utf8JsonWriter> Write)> entries = [];

    public bool IsRight { get; private set; } = true;

    public void Text(string name, string value) => entries.Add((name, json => json.WriteStringValue(value)));

    public void Number(string name, double value) => entries.Add((name, json => json.WriteNumberValue(Math.Round(value, 9))));

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

    public void Write(TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("what", "the CUDA runtime on hardware");
            json.WriteString("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteBoolean("right", IsRight);
            foreach ((string name, Action<Utf8JsonWriter> write) in entries)
            {
                json.WritePropertyName(name);
                write(json);
            }
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }
}
