using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Package.Tests;

/// <summary>The package as a person meets it: restored into a new project, built, run, published.</summary>
public sealed partial class UseTests(Workshop workshop)
{
    [Fact]
    public void A_new_project_with_one_layer_builds_without_a_warning_and_runs_as_described()
    {
        string project = workshop.Copy("GatedUnit");
        string build = Sdk.DotNet(project, "build", "-warnaserror").Succeeded().Output;
        Assert.DoesNotMatch(AnyWarning(), build);
        AssertAgrees(Sdk.DotNet(project, "run", "--no-build"));
    }

    [Fact]
    public void A_mistake_in_a_description_is_a_build_error_at_its_own_line_and_the_only_one()
    {
        string project = workshop.Copy("GatedUnit", "Mistaken");
        string file = Path.Combine(project, "GatedUnit.cs");
        string source = File.ReadAllText(file).Replace("down[Silu(gate[n]) * up[n]]", "down[Silu(gate[n]) * (up[n] + n)]", StringComparison.Ordinal);
        File.WriteAllText(file, source);

        Sdk.Outcome build = Sdk.DotNet(project, "build");
        Assert.NotEqual(0, build.ExitCode);
        string[] errors = [.. AnyError().Matches(build.Output).Select(m => m.Value).Distinct()];
        string[] lines = source[..source.IndexOf("up[n] + n", StringComparison.Ordinal)].Split('\n');
        Assert.Contains($"GatedUnit.cs({lines.Length},{lines[^1].Length + 1}): error KF0101", errors);
        Assert.All(errors, e => Assert.Matches("GatedUnit.cs\\(.*: error KF", e));
    }

    [Theory]
    [InlineData("CompilerApiVersion=roslyn4.14", "KF9001: KernelForge needs the C# compiler of .NET SDK 10.0.100 or later (Roslyn 5.0), but this build uses Roslyn 4.14")]
    [InlineData("LangVersion=12.0", "KF9002: KernelForge generates C# 13, but this project is compiled as C# 12.0")]
    public void A_compiler_or_a_language_that_is_too_old_is_told_in_one_sentence(string property, string expected)
    {
        string project = workshop.Copy("GatedUnit", property.Split('=')[0]);
        Sdk.Outcome build = Sdk.DotNet(project, "build", $"-p:{property}");
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains($"error {expected}", build.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error CS", build.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_language_that_is_accepted_compiles_what_is_generated() =>
        Sdk.DotNet(workshop.Copy("GatedUnit", "Thirteen"), "build", "-p:LangVersion=13.0").Succeeded();

    [Fact]
    public void Without_the_global_usings_a_project_names_its_namespaces_itself()
    {
        string project = workshop.Copy("GatedUnit", "Usings");
        Assert.Contains("error CS0246", Sdk.DotNet(project, "build", "-p:KernelForgeImplicitUsings=disable").Output, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(project, "Usings.cs"), "global using KernelForge; global using KernelForge.Runtime; global using static KernelForge.Ops;");
        Sdk.DotNet(project, "build", "-p:KernelForgeImplicitUsings=disable").Succeeded();
    }

    [Fact]
    public void A_layer_and_a_function_are_used_from_a_built_library_alone()
    {
        string library = workshop.Copy("Library");
        Sdk.DotNet(library, "build", "--configuration", "Release").Succeeded();
        foreach (string source in Directory.EnumerateFiles(library, "*.cs")) File.Delete(source);
        string project = workshop.Copy("Binaries");
        Sdk.DotNet(project, "build", "-warnaserror").Succeeded();
        AssertAgrees(Sdk.DotNet(project, "run", "--no-build"));
    }

    [Fact]
    public void An_ahead_of_time_build_of_all_assemblies_has_no_warning_and_runs_on_the_widest_vectors_of_the_machine()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "published for linux-x64 alone");
        Assert.SkipUnless(HasLinker, "there is neither clang nor gcc on the PATH to link a native program with");
        string project = workshop.Copy("GatedUnit", "Native");
        // Kept whole, so that what this program does not reach is looked at too.
        File.WriteAllText(Path.Combine(project, "Directory.Build.targets"), """
            <Project>
              <ItemGroup>
                <TrimmerRootAssembly Include="KernelForge;KernelForge.Runtime;KernelForge.Runtime.Cuda;KernelForge.Emulation;KernelForge.Models" />
              </ItemGroup>
            </Project>
            """);
        string publish = Sdk.DotNet(
            project, "publish", "--runtime", "linux-x64", "-p:PublishAot=true", "-p:TrimmerSingleWarn=false", "--output", Path.Combine(project, "out")).Succeeded().Output;
        Assert.DoesNotMatch(AnyWarning(), publish);
        Assert.Contains("this native program uses every vector instruction of this machine", publish, StringComparison.Ordinal);
        AssertAgrees(Sdk.Run(Path.Combine(project, "out", "GatedUnit"), project));
    }

    [Theory]
    [InlineData("", "-p:PublishAot=true", "-p:RuntimeIdentifier=linux-arm64")]
    [InlineData("", "-p:RuntimeIdentifier=linux-x64")]
    [InlineData("x86-64-v3", "-p:PublishAot=true", "-p:RuntimeIdentifier=linux-x64", "-p:IlcInstructionSet=x86-64-v3")]
    public void The_instructions_of_a_program_are_the_machines_only_where_that_is_meant(string expected, params string[] properties)
    {
        string project = workshop.Copy("GatedUnit", $"Properties{properties.Length}");
        Sdk.DotNet(project, "restore").Succeeded();
        Assert.Equal(expected, Sdk.DotNet(project, ["msbuild", "-getProperty:IlcInstructionSet", .. properties]).Succeeded().Output.Trim());
    }

    private static bool HasLinker => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")));

    private static void AssertAgrees(Sdk.Outcome run)
    {
        string output = run.Succeeded().Output;
        Assert.Contains("they agree", output, StringComparison.Ordinal);
        Assert.Contains($"vectors of {VectorWidth.Widest} bits", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\bwarning [A-Z]+[0-9]+")]
    private static partial Regex AnyWarning();

    [GeneratedRegex(@"[\w.]*(\(\d+,\d+\))?: error [A-Z]+[0-9]+")]
    private static partial Regex AnyError();
}
