using System.IO.Compression;

namespace KernelForge.Package.Tests;

public sealed class ContentTests(Workshop workshop)
{
    [Fact]
    public void The_package_holds_the_language_the_runtime_the_models_the_generator_and_its_compiler()
    {
        using ZipArchive package = workshop.OpenPackage();
        string[] ours = [.. package.Entries.Select(e => e.FullName).Where(n => !n.StartsWith("_rels/", StringComparison.Ordinal)
            && !n.StartsWith("package/", StringComparison.Ordinal) && n != "[Content_Types].xml").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "KernelForge.nuspec",
                "LICENSE",
                "README.md",
                "analyzers/dotnet/cs/KernelForge.Compiler.dll",
                "analyzers/dotnet/cs/KernelForge.Generator.dll",
                "buildTransitive/KernelForge.targets",
                "lib/net10.0/KernelForge.Models.dll",
                "lib/net10.0/KernelForge.Models.xml",
                "lib/net10.0/KernelForge.Runtime.dll",
                "lib/net10.0/KernelForge.Runtime.xml",
                "lib/net10.0/KernelForge.dll",
                "lib/net10.0/KernelForge.xml",
            ],
            ours);
    }

    [Fact]
    public void The_package_depends_on_nothing()
    {
        using ZipArchive package = workshop.OpenPackage();
        using var nuspec = new StreamReader(package.GetEntry("KernelForge.nuspec")!.Open());
        Assert.DoesNotContain("<dependency ", nuspec.ReadToEnd(), StringComparison.Ordinal);
    }
}
