using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Compilation;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

public sealed class CompileTests : IDisposable
{
    private static readonly Architecture eight = new(8, 0);
    private readonly TemporaryFolder folder = new();
    private readonly string target;

    public CompileTests()
    {
        folder.Write("config.json", Checkpoint.Config);
        target = Path.Combine(folder.Path, "cubins");
    }

    private string[] Compile => ["compile", Tool.OwnAssembly, "--model", folder.Path, "--architecture", "sm_80", "--output", target];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_kernel_of_a_model_is_compiled_from_its_configuration_and_serves_where_nothing_can_be_compiled()
    {
        Data.Require("nvrtc");
        Assert.Contains("Tiny of ", Tool.Run(Compile).Succeeded(), StringComparison.Ordinal);

        ConfiguredModel model = Assert.Single(ModelAssembly.Open(Tool.OwnAssembly, []).Configure(folder.Path, "Tiny"));
        IReadOnlyList<KernelBuild> builds = PlannedKernels.Of(model, eight, CudaPrecision.Float16);
        var cache = new CubinCache(Path.Combine(folder.Path, "empty"), () => throw new CudaException("there is no compiler"))
        {
            MayCompile = false,
            Shipped = [target],
        };
        Assert.Contains(builds, b => b.Variant.Length > 0);
        Assert.All(builds, b => Assert.NotEmpty(cache.Load(b.Source, CompileTarget.Cubin(eight), b.Options)));
        Assert.Throws<CudaException>(() => cache.Load(builds[0].Source, CompileTarget.Cubin(new Architecture(8, 6)), builds[0].Options));
        Assert.Equal(builds.Count, Directory.GetFiles(target).Length);
    }

    [Fact]
    public void What_is_there_already_is_kept_and_what_is_not_asked_for_is_removed_on_request()
    {
        Data.Require("nvrtc");
        Tool.Run(Compile).Succeeded();
        Dictionary<string, DateTime> before = Directory.GetFiles(target).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        string former = Path.Combine(target, "former-sm_80-0-nvrtc12.0.cubin");
        File.WriteAllText(former, "");
        Tool.Run(Compile).Succeeded();
        Assert.True(File.Exists(former));
        Assert.Contains("1 others removed", Tool.Run([.. Compile, "--prune"]).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(target).ToDictionary(f => f, File.GetLastWriteTimeUtc));
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in before.Keys) Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead), file);
    }

    [Fact]
    public void Without_NVRTC_the_exit_code_says_so()
    {
        Tool.Outcome outcome = Tool.Run(new Dictionary<string, string> { ["KERNELFORGE_NVRTC"] = folder.Path }, Compile);
        Assert.Equal(3, outcome.Code);
        Assert.Contains($"'{folder.Path}' has none", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_each_kernel_takes_of_a_multiprocessor_is_shown()
    {
        Data.Require("nvrtc");
        Tool.Outcome shown = Tool.Run("inspect", Tool.OwnAssembly, "Tiny", "--model", folder.Path, "--architecture", "sm_90");
        string[] lines = shown.Succeeded().Split('\n');
        Assert.StartsWith("kernel", lines[1], StringComparison.Ordinal);
        string[][] rows = [.. lines.Skip(2).Where(l => l.Length > 0).Select(l => l.Split("  ", StringSplitOptions.RemoveEmptyEntries))];
        Assert.All(rows, r => Assert.InRange(int.Parse(r[3], System.Globalization.CultureInfo.InvariantCulture), 8, 255));
        Assert.All(rows, r => Assert.InRange(int.Parse(r[7], System.Globalization.CultureInfo.InvariantCulture), 1, 32));
        Assert.All(rows, r => Assert.Contains("ELEMENT=f16", r[9], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("'80' is no architecture", "--model", "{folder}", "--architecture", "80")]
    [InlineData("'nowhere' holds no config.json", "--model", "nowhere", "--architecture", "sm_80")]
    [InlineData("--prune needs --output", "--model", "{folder}", "--architecture", "sm_80", "--prune")]
    [InlineData("Option '--architecture' is required", "--model", "{folder}")]
    public void What_is_asked_wrongly_is_answered_in_one_sentence(string expected, params string[] arguments)
    {
        Tool.Outcome outcome = Tool.Run(["compile", Tool.OwnAssembly, .. arguments.Select(a => a == "{folder}" ? folder.Path : a)]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains("kernelforge: " + expected, outcome.Error, StringComparison.Ordinal);
    }
}
