using System.IO.Compression;
using KernelForge.Package.Tests;
using KernelForge.TestData;

[assembly: AssemblyFixture(typeof(Workshop))]

namespace KernelForge.Package.Tests;

/// <summary>
/// The package, packed from what was built, in a feed of its own; and beside it, outside of the repository, projects that take it from there.
/// Its version is new at every run and packages are unpacked here, so that nothing an earlier run left behind can stand in for it.
/// </summary>
public sealed class Workshop : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public Workshop()
    {
        Version = $"0.0.1-test.{Guid.NewGuid():N}";
        string project = Path.Combine(Data.RepositoryRoot, "src", "KernelForge.Package");
        Sdk.DotNet(
            Data.RepositoryRoot, "pack", project, "--no-build", "--configuration", Sdk.Configuration, "--output", Feed, $"-p:PackageVersion={Version}").Succeeded();

        folder.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="feed" value="{Feed}" />
              </packageSources>
            </configuration>
            """);
        // What the SDK itself asks for (an ahead-of-time compiler) is taken from the machine's own folder where that has it.
        folder.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup>
                <KernelForgeVersion>{Version}</KernelForgeVersion>
                <RestorePackagesPath>{Path.Combine(folder.Path, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders Condition="Exists('{MachinePackages}')">{MachinePackages}</RestoreFallbackFolders>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
            </Project>
            """);
    }

    public string Version { get; }

    private string Feed => Path.Combine(folder.Path, "feed");

    private static string MachinePackages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public ZipArchive OpenPackage() => ZipFile.OpenRead(Path.Combine(Feed, $"KernelForge.{Version}.nupkg"));

    /// <summary>Copies a project of <c>Projects/</c>, and into it what programs share, to a folder beside the feed.</summary>
    /// <param name="name">The project's folder and file.</param>
    /// <param name="copy">The name of the new folder; the same project may be needed twice. Null for the project's own.</param>
    /// <returns>The new folder.</returns>
    public string Copy(string name, string? copy = null)
    {
        string projects = Path.Combine(Data.RepositoryRoot, "tests", "Package.Tests", "Projects");
        string target = Directory.CreateDirectory(Path.Combine(folder.Path, copy ?? name)).FullName;
        IEnumerable<string> files = Directory.EnumerateFiles(Path.Combine(projects, name));
        if (File.Exists(Path.Combine(projects, name, "Program.cs")))
        {
            files = files.Concat(Directory.EnumerateFiles(Path.Combine(projects, "Shared")))
                .Append(Path.Combine(Data.RepositoryRoot, "tests", "Shared", "SafetensorsBytes.cs"));
        }
        foreach (string file in files) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    public void Dispose() => folder.Dispose();
}
