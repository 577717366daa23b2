using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace KernelForge.Package.Tests;

public sealed class ContentTests(Workshop workshop)
{
    /// <summary>The kind under which a portable PDB keeps the text of a document.</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Fact]
    public void The_package_holds_the_language_the_runtimes_the_models_the_generator_its_compiler_and_the_tool()
    {
        using ZipArchive package = workshop.OpenPackage();
        string[] ours = [.. package.Entries.Select(e => e.FullName).Where(n => !n.StartsWith("_rels/", StringComparison.Ordinal)
            && !n.StartsWith("package/", StringComparison.Ordinal) && n != "[Content_Types].xml").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "KernelForge.nuspec",
                "LICENSE",
                "README.md",
                "THIRD-PARTY-NOTICES.txt",
                "analyzers/dotnet/cs/KernelForge.Compiler.dll",
                "analyzers/dotnet/cs/KernelForge.Generator.dll",
                "buildTransitive/KernelForge.targets",
                "lib/net10.0/KernelForge.Emulation.dll",
                "lib/net10.0/KernelForge.Emulation.xml",
                "lib/net10.0/KernelForge.Models.dll",
                "lib/net10.0/KernelForge.Models.xml",
                "lib/net10.0/KernelForge.Runtime.Cuda.dll",
                "lib/net10.0/KernelForge.Runtime.Cuda.xml",
                "lib/net10.0/KernelForge.Runtime.dll",
                "lib/net10.0/KernelForge.Runtime.xml",
                "lib/net10.0/KernelForge.dll",
                "lib/net10.0/KernelForge.xml",
                "tools/Iced.dll",
                "tools/KernelForge.Cli.deps.json",
                "tools/KernelForge.Cli.dll",
                "tools/KernelForge.Cli.runtimeconfig.json",
                "tools/KernelForge.Compiler.dll",
                "tools/KernelForge.Emulation.dll",
                "tools/KernelForge.Models.dll",
                "tools/KernelForge.Runtime.Cuda.dll",
                "tools/KernelForge.Runtime.dll",
                "tools/KernelForge.dll",
                "tools/System.CommandLine.dll",
            ],
            ours);
    }

    [Fact]
    public void The_package_depends_on_an_assembler_and_nothing_else()
    {
        using ZipArchive package = workshop.OpenPackage();
        using var nuspec = new StreamReader(package.GetEntry("KernelForge.nuspec")!.Open());
        string[] dependencies = [.. nuspec.ReadToEnd().Split("<dependency ").Skip(1)];
        Assert.StartsWith("id=\"Iced\"", Assert.Single(dependencies), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_assembly_of_ours_carries_its_symbols_and_sources_and_no_path_of_the_machine_that_built_it()
    {
        using ZipArchive package = workshop.OpenPackage();
        foreach (ZipArchiveEntry entry in package.Entries.Where(e => e.Name.StartsWith("KernelForge", StringComparison.Ordinal) && e.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var image = new MemoryStream();
            using (Stream stream = entry.Open()) stream.CopyTo(image);
            image.Position = 0;
            using var assembly = new PEReader(image);
            DebugDirectoryEntry embedded = assembly.ReadDebugDirectory().Single(d => d.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
            using MetadataReaderProvider symbols = assembly.ReadEmbeddedPortablePdbDebugDirectoryData(embedded);
            MetadataReader reader = symbols.GetMetadataReader();

            string[] sources = [.. reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name))];
            Assert.NotEmpty(sources);
            Assert.Equal(sources.Length, reader.CustomDebugInformation.Count(i => reader.GetGuid(reader.GetCustomDebugInformation(i).Kind) == EmbeddedSource));
            if (Sdk.Configuration == "Release") Assert.All(sources, s => Assert.DoesNotContain(TestData.Data.RepositoryRoot, s, StringComparison.Ordinal));
        }
    }
}
