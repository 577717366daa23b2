using System.Text.RegularExpressions;
using KernelForge.TestData;

namespace KernelForge.Package.Tests;

/// <summary>What the package's tool does after a build where a project asks for it.</summary>
public sealed partial class ToolTests(Workshop workshop)
{
    [Fact]
    public void Generated_texts_are_written_to_a_folder_of_the_project_once_and_again_when_it_is_gone()
    {
        string project = workshop.Copy("GatedUnit", "Texts"), target = Path.Combine(project, "Generated");
        string[] build = ["build", "-warnaserror", "-p:KernelForgeOutput=Generated"];
        Sdk.DotNet(project, build).Succeeded();
        string kernel = Assert.Single(Directory.GetFiles(Path.Combine(target, "User.Layers.GatedUnit"), "*down*.cu"));
        Assert.Contains("extern \"C\" __global__", File.ReadAllText(kernel), StringComparison.Ordinal);
        string program = File.ReadAllText(Path.Combine(target, "User.Layers.GatedUnit.Cpu.g.cs"));
        Assert.Contains("class GatedUnitCpu", program, StringComparison.Ordinal);

        // The texts lie inside of the project now, and are not compiled; nor is the tool run again.
        string done = Done(project, "texts");
        DateTime first = File.GetLastWriteTimeUtc(done);
        Sdk.DotNet(project, build).Succeeded();
        Assert.Equal(first, File.GetLastWriteTimeUtc(done));

        Directory.Delete(target, recursive: true);
        Sdk.DotNet(project, build).Succeeded();
        Assert.True(File.Exists(kernel));
    }

    [Fact]
    public void Kernels_of_named_models_are_compiled_beside_the_program_and_published_with_it()
    {
        string nvrtc = Data.Require("nvrtc"), project = workshop.Copy("Tagger");
        Sdk.DotNetWithNvrtc(nvrtc, project, "build", "-warnaserror").Succeeded();
        string cubins = Assert.Single(Directory.GetDirectories(Path.Combine(project, "bin"), "cubins", SearchOption.AllDirectories));
        string?[] compiled = Names(cubins);
        Assert.NotEmpty(compiled);
        Assert.All(compiled, file => Assert.Contains("-sm_80-", file, StringComparison.Ordinal));

        string done = Done(project, "cubins");
        DateTime first = File.GetLastWriteTimeUtc(done);
        string output = Path.Combine(project, "out");
        Sdk.DotNetWithNvrtc(nvrtc, project, "publish", "--configuration", "Debug", "--output", output).Succeeded();
        Assert.Equal(first, File.GetLastWriteTimeUtc(done));
        Assert.Equal(compiled, Names(Path.Combine(output, "cubins")));
        string ran = Sdk.Run(Path.Combine(output, "Tagger"), project).Succeeded().Output;
        Assert.StartsWith("kernels came along", ran, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_NVRTC_one_warning_says_that_no_kernels_are_compiled_and_where_it_was_looked_for()
    {
        string project = workshop.Copy("Tagger", "TaggerWithout");
        string output = Sdk.DotNetWithNvrtc(project, project, "build").Succeeded().Output;
        Assert.Single(Warnings().Matches(output).Select(m => m.Value).Distinct(), "warning KF9003");
        Assert.Contains($"'{project}' has none", output, StringComparison.Ordinal);
        Assert.Contains("1 Warning(s)", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_folder_without_a_configuration_and_missing_architectures_are_told()
    {
        string project = workshop.Copy("Tagger", "TaggerMistaken");
        File.Delete(Path.Combine(project, "config.json"));
        Assert.Contains("error KF9005", Sdk.DotNet(project, "build").Output, StringComparison.Ordinal);
        Assert.Contains("error KF9006", Sdk.DotNet(project, "build", "-p:KernelForgeArchitectures=").Output, StringComparison.Ordinal);
    }

    /// <summary>What a build leaves behind when the tool has run.</summary>
    private static string Done(string project, string what) =>
        Assert.Single(Directory.GetFiles(Path.Combine(project, "obj"), $"kernelforge.{what}.done", SearchOption.AllDirectories));

    private static string?[] Names(string folder) => [.. Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"\bwarning [A-Z]+[0-9]+")]
    private static partial Regex Warnings();
}
