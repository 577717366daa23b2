using System.Globalization;
using System.Text.Json;
using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime.Configuration;

/// <summary>
/// The JSON of a configuration, read once. A key is looked for as it is written, and else as a path of nested objects
/// (<c>rope_scaling.factor</c>). Behind an object or array that has no such key, <c>count</c> is the number of its entries
/// (<c>id2label.count</c>). A null counts as nothing.
/// </summary>
internal sealed class ConfigDocument
{
    private const string Count = "count";

    private readonly JsonElement root;

    private ConfigDocument(string file, JsonElement root)
    {
        File = file;
        this.root = root;
    }

    public string File { get; }

    /// <exception cref="ConfigException">The text is not one JSON object.</exception>
    public static ConfigDocument Parse(string text, string file)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(
                PythonNumbers.Quote(text), new JsonDocumentOptions { AllowDuplicateProperties = false });
            root = document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter: text that is not valid UTF-16
        {
            throw new ConfigException(file, null, $"is not valid JSON: {e.Message}", e);
        }
        if (root.ValueKind != JsonValueKind.Object)
            throw new ConfigException(file, null, $"holds {Show(root)}, expected an object");
        return new ConfigDocument(file, root);
    }

    /// <summary>The value of the first of <paramref name="keys"/> that has one.</summary>
    public bool TryFind(ReadOnlySpan<string> keys, out string key, out JsonElement value)
    {
        foreach (string candidate in keys)
        {
            key = candidate;
            if (TryFind(candidate, out value)) return true;
        }
        key = keys.Length == 0 ? throw new ArgumentException("no key was given", nameof(keys)) : keys[0];
        value = default;
        return false;
    }

    private bool TryFind(string key, out JsonElement value)
    {
        if (root.TryGetProperty(key, out value)) return value.ValueKind != JsonValueKind.Null;
        value = root;
        string[] steps = key.Split('.');
        for (int i = 0; i < steps.Length; i++)
        {
            if (i > 0 && i == steps.Length - 1 && steps[i] == Count && CountOf(value) is { } count)
            {
                value = JsonElement.Parse(count.ToString(CultureInfo.InvariantCulture));
                return true;
            }
            if (value.ValueKind != JsonValueKind.Object)
            {
                string parent = string.Join('.', steps, 0, i);
                throw new ConfigException(File, parent, $"is {Show(value)}, expected an object that may hold '{steps[i]}'");
            }
            if (!value.TryGetProperty(steps[i], out value) || value.ValueKind == JsonValueKind.Null) return false;
        }
        return true;
    }

    private static int? CountOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength(),
        JsonValueKind.Object when !value.TryGetProperty(Count, out _) => value.GetPropertyCount(),
        _ => null,
    };

    /// <summary>A value as the file has it, fit for a message.</summary>
    public static string Show(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length <= 80 && !raw.AsSpan().ContainsAny('\r', '\n') ? raw : value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"an array of {value.GetArrayLength()}",
            _ => Quoted.Text(raw),
        };
    }
}
