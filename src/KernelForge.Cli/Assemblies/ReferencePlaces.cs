namespace KernelForge.Cli.Assemblies;

/// <summary>
/// Where the references of an assembly are looked for: among the files and folders that were named, beside it, beside this program.
/// </summary>
internal sealed class ReferencePlaces
{
    private readonly Dictionary<string, string> named = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> folders = [];

    /// <param name="assembly">The file whose references are looked for.</param>
    /// <param name="references">Further assemblies, and folders of them.</param>
    /// <exception cref="InputException">One of them does not exist.</exception>
    public ReferencePlaces(string assembly, IEnumerable<string> references)
    {
        foreach (string reference in references)
        {
            if (File.Exists(reference)) named.TryAdd(Path.GetFileNameWithoutExtension(reference), reference);
            else if (Directory.Exists(reference)) folders.Add(reference);
            else throw new InputException($"'{reference}' of --reference does not exist: name an assembly, or a folder of them");
        }
        folders.Add(Path.GetDirectoryName(Path.GetFullPath(assembly))!);
        folders.Add(AppContext.BaseDirectory);
    }

    /// <summary>The file of an assembly by its name, or null where no place has it.</summary>
    public string? Find(string name) => named.TryGetValue(name, out string? file)
        ? file
        : folders.Select(folder => Path.Combine(folder, name + ".dll")).FirstOrDefault(File.Exists);

    public override string ToString() => string.Join(", ", folders.Select(folder => $"'{folder}'"));
}
