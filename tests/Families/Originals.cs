using System.Text.Json;
using KernelForge.TestData;

namespace KernelForge.Families;

/// <summary>How long the PyTorch originals are, as <c>count_originals.py</c> counted them into <c>originals.json</c>.</summary>
internal static class Originals
{
    private static readonly JsonElement document = Read();

    /// <summary>Where they are from.</summary>
    public static string Source => document.GetProperty("source").GetString()!;

    /// <summary>The lines of what a description is a description of; null where it has no such original.</summary>
    /// <param name="description">The description's file, without its extension.</param>
    public static int? Lines(string description) => document.GetProperty("originals").TryGetProperty(description, out JsonElement original)
        ? original.GetProperty("lines").GetInt32()
        : null;

    private static JsonElement Read()
    {
        using JsonDocument read = JsonDocument.Parse(File.ReadAllText(Path.Combine(Data.RepositoryRoot, "tests", "Families", "originals.json")));
        return read.RootElement.Clone();
    }
}
