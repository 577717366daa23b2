using System.Text.Json;

namespace KernelForge.Runtime.Weights;

/// <summary>One entry of a header, exactly as the file states it: nothing about it has been checked against the data yet.</summary>
internal sealed record HeaderEntry(string Name, string DataType, long[] Shape, long Begin, long End);

/// <summary>
/// Reads the JSON header of a safetensors file into entries. Wrong JSON, wrong kinds, missing and repeated fields are refused here;
/// what the numbers mean is <see cref="SafetensorsLayout"/>'s to check.
/// </summary>
internal ref struct SafetensorsHeader
{
    /// <summary>No tensor of a model has more dimensions; a file that says so is damaged.</summary>
    private const int RankLimit = 16;

    private readonly string file;
    private Utf8JsonReader reader;

    private SafetensorsHeader(ReadOnlySpan<byte> json, string file)
    {
        this.file = file;
        // Root, tensor, array: three levels. The slack is for fields that a later version of the format may add.
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
    }

    /// <exception cref="WeightException">The header is not what the format says.</exception>
    public static List<HeaderEntry> Read(ReadOnlySpan<byte> json, string file, Dictionary<string, string> metadata)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new WeightException(file, null, "the header does not begin with '{': this is not a safetensors file, or it is damaged");
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw new WeightException(file, null, "the header is not valid UTF-8");
        try
        {
            return new SafetensorsHeader(json, file).Entries(metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair in an escape
        {
            throw new WeightException(file, null, $"the header is not valid JSON: {e.Message}", e);
        }
    }

    private List<HeaderEntry> Entries(Dictionary<string, string> metadata)
    {
        var entries = new List<HeaderEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name)) throw new WeightException(file, name, "is in the header twice");
            reader.Read();
            if (name == "__metadata__") Metadata(metadata);
            else entries.Add(Entry(name));
        }
        if (reader.Read()) throw new WeightException(file, null, "the header goes on after its closing '}'");
        return entries;
    }

    private void Metadata(Dictionary<string, string> metadata)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new WeightException(file, null, $"'__metadata__' is {Token()}, expected an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new WeightException(file, null, $"'__metadata__' holds {Token()} under {Quoted.Text(key)}, expected a string");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new WeightException(file, null, $"'__metadata__' has {Quoted.Text(key)} twice");
        }
    }

    private HeaderEntry Entry(string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new WeightException(file, name, $"is described by {Token()}, expected an object with dtype, shape and data_offsets");
        string? dataType = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            switch (field)
            {
                case "dtype":
                    if (dataType is not null) throw new WeightException(file, name, "has 'dtype' twice");
                    if (reader.TokenType != JsonTokenType.String)
                        throw new WeightException(file, name, $"has dtype {Token()}, expected one of {WeightDataTypes.Names}");
                    dataType = reader.GetString()!;
                    break;
                case "shape":
                    if (shape is not null) throw new WeightException(file, name, "has 'shape' twice");
                    shape = Numbers(name, field, RankLimit);
                    break;
                case "data_offsets":
                    if (offsets is not null) throw new WeightException(file, name, "has 'data_offsets' twice");
                    offsets = Numbers(name, field, 2);
                    if (offsets.Length != 2) throw new WeightException(file, name, $"has {offsets.Length} data_offsets, expected 2");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (dataType is null) throw new WeightException(file, name, "has no 'dtype'");
        if (shape is null) throw new WeightException(file, name, "has no 'shape'");
        if (offsets is null) throw new WeightException(file, name, "has no 'data_offsets'");
        return new HeaderEntry(name, dataType, shape, offsets[0], offsets[1]);
    }

    private long[] Numbers(string name, string field, int limit)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new WeightException(file, name, $"has {field} {Token()}, expected an array of integers");
        var numbers = new List<long>(limit);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == limit) throw new WeightException(file, name, $"has more than {limit} numbers in {field}");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw new WeightException(file, name, $"has {Token()} in {field}, expected an integer from 0 to 2^63 - 1");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private readonly string Token() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => Quoted.Text(reader.GetString()!),
        JsonTokenType.Number => Quoted.Text(System.Text.Encoding.UTF8.GetString(reader.ValueSpan)),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };
}
