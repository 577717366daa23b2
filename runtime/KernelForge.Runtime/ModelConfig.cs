using System.Globalization;
using System.Text.Json;
using KernelForge.Runtime.Configuration;

namespace KernelForge.Runtime;

/// <summary>
/// A model's hyper-parameters: <c>config.json</c>. Every reader takes the keys under which a value may stand, in order of preference;
/// a dot leads into a nested object, and a last <c>.count</c> tells how many entries an object or array has. A key whose value is null counts
/// as absent. Readers without a default require the value, those with one return it where the value is absent, and the <c>…OrNull</c>
/// readers return null. A value of another kind is always refused: <c>config.json: 'hidden_size' is "abc", expected an integer</c>.
/// </summary>
public sealed class ModelConfig
{
    private const string FileName = "config.json";

    private readonly ConfigDocument document;

    private ModelConfig(ConfigDocument document) => this.document = document;

    private delegate bool Reader<T>(JsonElement value, out T result);

    /// <exception cref="ConfigException">The text is not one JSON object.</exception>
    public static ModelConfig Parse(string json, string file = FileName)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new ModelConfig(ConfigDocument.Parse(json, file));
    }

    /// <exception cref="ConfigException">The file cannot be read, or is not one JSON object.</exception>
    public static ModelConfig OpenFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigException(path, null, "there is no such file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(path, null, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Whether one of the keys has a value that is not null.</summary>
    public bool Has(params ReadOnlySpan<string> keys) => document.TryFind(keys, out _, out _);

    public int Int32(params ReadOnlySpan<string> keys) => Int32OrNull(keys) ?? throw Missing(keys);
    public int Int32(ReadOnlySpan<string> keys, int absent) => Int32OrNull(keys) ?? absent;
    public int? Int32OrNull(params ReadOnlySpan<string> keys) => Value<int>(keys, ReadInt32, "an integer");

    /// <summary>The nearest float; a number beyond float's range is refused, Python's <c>Infinity</c> and <c>NaN</c> are taken.</summary>
    public float Single(params ReadOnlySpan<string> keys) => SingleOrNull(keys) ?? throw Missing(keys);
    public float Single(ReadOnlySpan<string> keys, float absent) => SingleOrNull(keys) ?? absent;
    public float? SingleOrNull(params ReadOnlySpan<string> keys) => Value<float>(keys, ReadSingle, "a number");

    public double Double(params ReadOnlySpan<string> keys) => DoubleOrNull(keys) ?? throw Missing(keys);
    public double Double(ReadOnlySpan<string> keys, double absent) => DoubleOrNull(keys) ?? absent;
    public double? DoubleOrNull(params ReadOnlySpan<string> keys) => Value<double>(keys, ReadDouble, "a number");

    public bool Boolean(params ReadOnlySpan<string> keys) => BooleanOrNull(keys) ?? throw Missing(keys);
    public bool Boolean(ReadOnlySpan<string> keys, bool absent) => BooleanOrNull(keys) ?? absent;
    public bool? BooleanOrNull(params ReadOnlySpan<string> keys) => Value<bool>(keys, ReadBoolean, "true or false");

    public string String(params ReadOnlySpan<string> keys) => StringOrNull(keys) ?? throw Missing(keys);
    public string String(ReadOnlySpan<string> keys, string absent) => StringOrNull(keys) ?? absent;
    public string? StringOrNull(params ReadOnlySpan<string> keys) => Reference<string>(keys, ReadString, "a string");

    /// <summary>
    /// A member of <typeparamref name="T"/> by its name. Case and underscores do not matter: <c>"full_attention"</c> is
    /// <c>FullAttention</c>.
    /// </summary>
    public T Enumeration<T>(params ReadOnlySpan<string> keys) where T : struct, Enum => EnumerationOrNull<T>(keys) ?? throw Missing(keys);
    public T Enumeration<T>(ReadOnlySpan<string> keys, T absent) where T : struct, Enum => EnumerationOrNull<T>(keys) ?? absent;
    public T? EnumerationOrNull<T>(params ReadOnlySpan<string> keys) where T : struct, Enum =>
        Value<T>(keys, ReadEnumeration, $"one of {string.Join(", ", Enum.GetNames<T>().Select(name => $"\"{name}\""))}");

    /// <summary>An elementwise function by the name Hugging Face gives it; an unknown name is refused.</summary>
    public Activation Activation(params ReadOnlySpan<string> keys) => ActivationOrNull(keys) ?? throw Missing(keys);
    public Activation Activation(ReadOnlySpan<string> keys, Activation absent) => ActivationOrNull(keys) ?? absent;
    public Activation? ActivationOrNull(params ReadOnlySpan<string> keys)
    {
        if (!document.TryFind(keys, out string key, out JsonElement value)) return null;
        string name = Read<string>(key, value, ReadString, "the name of an activation");
        try
        {
            return KernelForge.Activation.Parse(name);
        }
        catch (ArgumentException e)
        {
            throw new ConfigException(document.File, key, $"is {ConfigDocument.Show(value)}: {e.Message}", e);
        }
    }

    public int[] Int32Array(params ReadOnlySpan<string> keys) => Int32ArrayOrNull(keys) ?? throw Missing(keys);
    public int[]? Int32ArrayOrNull(params ReadOnlySpan<string> keys) => Array<int>(keys, ReadInt32, "integers");

    /// <summary>As <see cref="Int32ArrayOrNull"/>; an integer alone counts as an array of one.</summary>
    public int[]? Int32ListOrNull(params ReadOnlySpan<string> keys) =>
        document.TryFind(keys, out string key, out JsonElement value) && value.ValueKind != JsonValueKind.Array
            ? [Read<int>(key, value, ReadInt32, "an integer or an array of integers")]
            : Array<int>(keys, ReadInt32, "integers");

    public float[] SingleArray(params ReadOnlySpan<string> keys) => SingleArrayOrNull(keys) ?? throw Missing(keys);
    public float[]? SingleArrayOrNull(params ReadOnlySpan<string> keys) => Array<float>(keys, ReadSingle, "numbers");

    public double[] DoubleArray(params ReadOnlySpan<string> keys) => DoubleArrayOrNull(keys) ?? throw Missing(keys);
    public double[]? DoubleArrayOrNull(params ReadOnlySpan<string> keys) => Array<double>(keys, ReadDouble, "numbers");

    public bool[] BooleanArray(params ReadOnlySpan<string> keys) => BooleanArrayOrNull(keys) ?? throw Missing(keys);
    public bool[]? BooleanArrayOrNull(params ReadOnlySpan<string> keys) => Array<bool>(keys, ReadBoolean, "true or false");

    public string[] StringArray(params ReadOnlySpan<string> keys) => StringArrayOrNull(keys) ?? throw Missing(keys);
    public string[]? StringArrayOrNull(params ReadOnlySpan<string> keys) => Array<string>(keys, ReadString, "strings");

    /// <summary>
    /// Refuses a configuration in which <paramref name="key"/> says something that the model's description does not cover.
    /// An absent key passes, and so does a list with an entry that is covered.
    /// </summary>
    /// <param name="key">The key, possibly nested.</param>
    /// <param name="values">What is covered: strings, booleans and numbers.</param>
    /// <exception cref="ConfigException">The key has another value; the message names it and what is covered.</exception>
    public void Require(string key, params ReadOnlySpan<object?> values)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!document.TryFind([key], out _, out JsonElement value) || Says(value, values)) return;
        string list = string.Join(", ", values.ToArray().Select(Show));
        throw new ConfigException(document.File, key, list.Length == 0
            ? $"is {ConfigDocument.Show(value)}; this description covers only files where it is absent or null"
            : $"is {ConfigDocument.Show(value)}; this description covers only {list}");
    }

    /// <summary>Whether <paramref name="key"/> has one of these values, or is a list with one of them.</summary>
    /// <param name="key">The key, possibly nested.</param>
    /// <param name="values">Strings, booleans and numbers.</param>
    public bool Says(string key, params ReadOnlySpan<object?> values)
    {
        ArgumentNullException.ThrowIfNull(key);
        return document.TryFind([key], out _, out JsonElement value) && Says(value, values);
    }

    private static bool Says(JsonElement value, ReadOnlySpan<object?> values)
    {
        JsonElement[] said = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        foreach (object? covered in values)
            if (System.Array.Exists(said, one => Means(one, covered)) || (covered is string whole && whole == Joined(said))) return true;
        return false;
    }

    private T? Value<T>(ReadOnlySpan<string> keys, Reader<T> read, string expected) where T : struct =>
        document.TryFind(keys, out string key, out JsonElement value) ? Read(key, value, read, expected) : null;

    private T? Reference<T>(ReadOnlySpan<string> keys, Reader<T> read, string expected) where T : class =>
        document.TryFind(keys, out string key, out JsonElement value) ? Read(key, value, read, expected) : null;

    private T[]? Array<T>(ReadOnlySpan<string> keys, Reader<T> read, string elements)
    {
        if (!document.TryFind(keys, out string key, out JsonElement value)) return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw new ConfigException(document.File, key, $"is {ConfigDocument.Show(value)}, expected an array of {elements}");
        var result = new T[value.GetArrayLength()];
        for (int i = 0; i < result.Length; i++) result[i] = Read($"{key}[{i}]", value[i], read, elements);
        return result;
    }

    private T Read<T>(string key, JsonElement value, Reader<T> read, string expected) => read(value, out T result)
        ? result
        : throw new ConfigException(document.File, key, $"is {ConfigDocument.Show(value)}, expected {expected}");

    private ConfigException Missing(ReadOnlySpan<string> keys) => keys.Length == 1
        ? new ConfigException(document.File, keys[0], "is missing, and this description has no default for it")
        : new ConfigException(
            document.File, null, $"none of '{string.Join("', '", keys.ToArray())}' is there, and this description has no default");

    private static bool ReadInt32(JsonElement value, out int result)
    {
        result = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out result);
    }

    private static bool ReadDouble(JsonElement value, out double result)
    {
        result = 0;
        if (ReadString(value, out string word) && PythonNumbers.Parse(word) is { } special)
        {
            result = special;
            return true;
        }
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out result) && double.IsFinite(result);
    }

    private static bool ReadSingle(JsonElement value, out float result)
    {
        bool read = ReadDouble(value, out double wide);
        result = (float)wide;
        return read && float.IsFinite(result) == double.IsFinite(wide);
    }

    private static bool ReadBoolean(JsonElement value, out bool result)
    {
        result = value.ValueKind == JsonValueKind.True;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private static bool ReadString(JsonElement value, out string result)
    {
        result = "";
        if (value.ValueKind != JsonValueKind.String) return false;
        try
        {
            result = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException) // an escape that is half a surrogate pair: JSON, but no text
        {
            return false;
        }
    }

    private static bool ReadEnumeration<T>(JsonElement value, out T result) where T : struct, Enum
    {
        result = default;
        if (!ReadString(value, out string text)) return false;
        string wanted = text.Replace("_", "", StringComparison.Ordinal);
        foreach (string name in Enum.GetNames<T>())
        {
            if (!name.Replace("_", "", StringComparison.Ordinal).Equals(wanted, StringComparison.OrdinalIgnoreCase)) continue;
            result = Enum.Parse<T>(name);
            return true;
        }
        return false;
    }

    /// <summary>An array of strings as one, as <c>Require</c> names it whole: <c>c2p|p2c</c>.</summary>
    private static string? Joined(JsonElement[] said) =>
        System.Array.TrueForAll(said, one => one.ValueKind == JsonValueKind.String) ? string.Join('|', said.Select(one => one.ToString())) : null;

    private static bool Means(JsonElement value, object? covered) => covered switch
    {
        string text => ReadString(value, out string read) && read == text,
        bool flag => ReadBoolean(value, out bool read) && read == flag,
        float number => ReadSingle(value, out float read) && read == number, // 1e-5f is the nearest float to the file's 1e-5
        int or long or double => ReadDouble(value, out double read) && read == Convert.ToDouble(covered, CultureInfo.InvariantCulture),
        null => false, // a null in the file counts as absent and has passed already
        _ => throw new ArgumentException($"a configuration holds no {covered.GetType().Name}", nameof(covered)),
    };

    private static string Show(object? covered) => covered switch
    {
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        null => "null",
        _ => Convert.ToString(covered, CultureInfo.InvariantCulture)!,
    };
}
