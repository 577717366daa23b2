using System.Runtime.InteropServices;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>A library that was loaded, and from where.</summary>
internal sealed record FoundLibrary(nint Handle, string Path);

/// <summary>What came of a search: the library, or nothing and every place that was tried.</summary>
internal sealed record SearchOutcome(LibraryNames Names, FoundLibrary? Library, IReadOnlyList<string> Tried)
{
    /// <summary>What is missing and where it was looked for, in order.</summary>
    public string Explain() => Library is { } found
        ? $"{Names.Title}: '{found.Path}'"
        : $"{Names.Title} was not found. {Names.Remedy} It was looked for, in this order:\n  " + string.Join("\n  ", Tried);
}

/// <summary>
/// Looks for a library in a fixed order, and takes the newest that loads in the first place that has one. An environment variable that
/// names a file or folder is obeyed or it is an error: nothing else is then tried.
/// </summary>
internal sealed class LibrarySearch(LibraryNames names, SearchEnvironment environment)
{
    private readonly List<string> tried = [];

    public SearchOutcome Find() => new(names, Search(), tried);

    private FoundLibrary? Search()
    {
        if (environment.Variable(names.Variable) is { Length: > 0 } named)
        {
            return File.Exists(named)
                ? Load(named, $"the environment variable {names.Variable}")
                : FromFolder(new SearchPlace($"the environment variable {names.Variable}, which alone counts while it is set", named));
        }

        tried.Add($"the environment variable {names.Variable}: not set");
        foreach (SearchPlace place in names.Places(environment))
            if (FromFolder(place) is { } found) return found;
        return FromLoader();
    }

    private FoundLibrary? FromFolder(SearchPlace place)
    {
        string[] files = Directory.Exists(place.Folder) ? Directory.GetFiles(place.Folder) : [];
        IEnumerable<string> candidates = files
            .Select(file => (File: file, Major: names.MajorOf(Path.GetFileName(file))))
            .Where(candidate => candidate.Major is not null)
            .OrderByDescending(candidate => candidate.Major)
            .ThenBy(candidate => candidate.File.Length) // libnvrtc.so.13 before libnvrtc.so.13.2.51, which it is a link to
            .ThenBy(candidate => candidate.File, StringComparer.Ordinal)
            .Select(candidate => candidate.File);

        bool any = false;
        foreach (string file in candidates)
        {
            any = true;
            if (Load(file, place.Reason) is { } found) return found;
        }
        if (!any) tried.Add($"{place.Reason}: '{place.Folder}' {(Directory.Exists(place.Folder) ? "has none" : "does not exist")}");
        return null;
    }

    private FoundLibrary? Load(string file, string reason)
    {
        if (names.MajorOf(Path.GetFileName(file)) < names.OldestMajor)
        {
            tried.Add($"{reason}: '{file}' is older than CUDA {names.OldestMajor}");
            return null;
        }
        try
        {
            return new FoundLibrary(environment.Load(file), file);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            tried.Add($"{reason}: '{file}' does not load: {error.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private FoundLibrary? FromLoader()
    {
        foreach (string name in names.LoaderNames)
        {
            try
            {
                return new FoundLibrary(environment.Load(name), name);
            }
            catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
            {
                // The next name, of an older version.
            }
        }
        tried.Add($"the loader's own path: none of {names.LoaderNames[0]} to {names.LoaderNames[^1]}");
        return null;
    }
}

/// <summary>A folder, and why it is looked into.</summary>
internal sealed record SearchPlace(string Reason, string Folder);

/// <summary>The machine as a search sees it.</summary>
/// <param name="Variable">An environment variable, or null.</param>
/// <param name="ApplicationFolder">Where the program lies.</param>
/// <param name="Home">The user's folder.</param>
/// <param name="Root">What absolute places such as <c>/usr/local</c> are below.</param>
/// <param name="Load">Loads a file, or a name by the loader's own path; throws as <see cref="NativeLibrary.Load(string)"/> does.</param>
internal sealed record SearchEnvironment(
    Func<string, string?> Variable, string ApplicationFolder, string Home, string Root, Func<string, nint> Load)
{
    public static SearchEnvironment Machine { get; } = new(
        Environment.GetEnvironmentVariable,
        AppContext.BaseDirectory,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Path.GetPathRoot(Environment.SystemDirectory) is { Length: > 0 } root ? root : "/",
        NativeLibrary.Load);
}
