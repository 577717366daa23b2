using System.Text.Json;

namespace KernelForge.Runtime.Text;

/// <summary>A JSON object and where it stands (<c>tokenizer.json: model</c>), so that complaints can name the place.</summary>
internal readonly record struct JsonNodeReader(string Place, JsonElement Element)
{
    /// <summary>A property; null where it is absent or null.</summary>
    public JsonElement? this[string name] =>
        Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind is not JsonValueKind.Null ? value : null;

    public JsonNodeReader? Object(string name) => this[name] is { } value
        ? new($"{Place}: {name}", Expect(value, name, JsonValueKind.Object)) : null;

    public string? Text(string name) => this[name] is { } value ? Expect(value, name, JsonValueKind.String).GetString() : null;

    public double? Number(string name) => this[name] is { } value ? Expect(value, name, JsonValueKind.Number).GetDouble() : null;

    public int? Integer(string name) => this[name] is not { } value ? null
        : Expect(value, name, JsonValueKind.Number).TryGetInt32(out int number) ? number
        : throw Damaged($"'{name}' is not a whole number");

    public bool? Boolean(string name) => this[name] switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Damaged($"'{name}' should be true or false, not {other.ValueKind}"),
    };

    public IEnumerable<JsonNodeReader> List(string name)
    {
        if (this[name] is not { } list) yield break;
        string place = $"{Place}: {name}";
        foreach (JsonElement item in Expect(list, name, JsonValueKind.Array).EnumerateArray()) yield return new(place, item);
    }

    public T Required<T>(string name, T? value) where T : struct => value ?? throw Damaged($"'{name}' is missing");

    public string Required(string name, string? value) => value ?? throw Damaged($"'{name}' is missing");

    public InvalidDataException Damaged(string what) => new($"{Place}: {what}");

    public NotSupportedException Refused(string what) => new($"{Place}: {what}");

    private JsonElement Expect(JsonElement value, string name, JsonValueKind kind) =>
        value.ValueKind == kind ? value : throw Damaged($"'{name}' should be {kind}, not {value.ValueKind}");
}
