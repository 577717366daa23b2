using KernelForge.TestData;
using SemanticSearch.Documents;

namespace SemanticSearch.Tests.Documents;

public sealed class DocumentationFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string sdk, packages;

    public DocumentationFilesTests()
    {
        sdk = Path.Combine(folder.Path, "dotnet");
        packages = Path.Combine(folder.Path, "packages");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_newest_pack_that_has_documentation_is_read()
    {
        Put(sdk, "packs/Microsoft.NETCore.App.Ref/9.0.12/ref/net9.0/a.xml");
        Put(sdk, "packs/Microsoft.NETCore.App.Ref/10.0.2/ref/net10.0/a.xml");
        Put(sdk, "packs/Microsoft.NETCore.App.Ref/11.0.0/ref/net11.0/a.dll");
        Assert.Equal(Path.Combine(sdk, "packs", "Microsoft.NETCore.App.Ref", "10.0.2", "ref"), Find().Folder);
    }

    [Fact]
    public void A_pack_in_the_package_cache_serves_where_the_sdk_has_none()
    {
        Put(packages, "microsoft.netcore.app.ref/10.0.1/ref/net10.0/a.xml");
        Put(packages, "other/1.0.0/lib/net10.0/other.xml");
        Assert.Equal(Path.Combine(packages, "microsoft.netcore.app.ref", "10.0.1", "ref"), Find().Folder);
    }

    [Fact]
    public void Whatever_packages_say_of_themselves_serves_where_there_is_no_pack()
    {
        Put(packages, "other/1.0.0/lib/net10.0/other.xml");
        Assert.Equal(packages, Find().Folder);
    }

    [Fact]
    public void None_at_all_says_where_it_was_looked_for()
    {
        string message = Assert.Throws<DirectoryNotFoundException>(Find).Message;
        Assert.Contains(sdk, message, StringComparison.Ordinal);
        Assert.Contains(packages, message, StringComparison.Ordinal);
    }

    private DocumentationSource Find() => DocumentationFiles.Find(10, [sdk], packages);

    private static void Put(string root, string file)
    {
        string path = Path.Combine(root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "<doc><members /></doc>");
    }
}
