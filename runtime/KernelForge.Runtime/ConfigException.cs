namespace KernelForge.Runtime;

/// <summary>A configuration that cannot be read, or that says something its model's description does not cover.</summary>
public sealed class ConfigException : Exception
{
    public ConfigException(string message) : base(message) { }

    public ConfigException(string message, Exception? inner) : base(message, inner) { }

    /// <param name="file">The file as the user knows it.</param>
    /// <param name="key">The key to blame, or null where the fault is the file's.</param>
    /// <param name="problem">What is wrong, as the end of a sentence that began with the file and the key.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public ConfigException(string file, string? key, string problem, Exception? inner = null)
        : base(key is null ? $"{file}: {problem}" : $"{file}: '{key}' {problem}", inner)
    {
        File = file;
        Key = key;
    }

    public string? File { get; }

    public string? Key { get; }
}
