using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Layers_of_the_assembly_come_first_then_those_of_its_references()
    {
        string[] lines = Tool.Run("inspect", Tool.OwnAssembly).Succeeded().TrimEnd('\n').Split('\n');
        string[] names = [.. lines.Skip(1).Select(l => l.Split("  ")[0])];
        Assert.Equal(["Causal", "Framed", "Tiny", "Tower"], names.Take(4).Select(n => n["KernelForge.Cli.Tests.".Length..]).Order());
        Assert.Contains("KernelForge.Models.BertModel", names);
        Assert.Contains("KernelForge.LayerNorm", names);
        string bert = Assert.Single(lines, l => l.StartsWith("KernelForge.Models.BertModel ", StringComparison.Ordinal));
        Assert.EndsWith(Tool.Models, bert, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_is_shown_from_its_description_to_its_kernels()
    {
        string output = Tool.Run("inspect", Tool.OwnAssembly, "Tower").Succeeded();
        Assert.Contains("partial class Tower(int hidden, int heads, int depth, bool final)", output, StringComparison.Ordinal);
        Assert.Contains("Graph after 'building'", output, StringComparison.Ordinal);
        Assert.Contains("Graph after 'name values'", output, StringComparison.Ordinal);
        Assert.Contains("if final:", output, StringComparison.Ordinal);
        Assert.Contains("mask: j <= i", output, StringComparison.Ordinal);
        Assert.Contains("Buffers (those of one slot", output, StringComparison.Ordinal);
        Assert.Contains("run.Kernel(", output, StringComparison.Ordinal);
        Assert.Contains("KernelForge.Cli.Tests.Tower.Cpu.g.cs", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_printed_alone()
    {
        string Text(string name) => Tool.Run("inspect", Tool.Models, "BertModel", "--text", name).Succeeded();
        Assert.Contains("class BertModelCpu", Text("cpu"), StringComparison.Ordinal);
        Assert.Contains("class BertModelCuda", Text("cuda"), StringComparison.Ordinal);
        Assert.Contains("partial class BertModel", Text("host"), StringComparison.Ordinal);
        string kernel = Text("kernel:expand");
        Assert.Contains("extern \"C\" __global__", kernel, StringComparison.Ordinal);
        Assert.Contains("\nexpand_kernel(", kernel, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_are_written_for_every_layer_of_the_assembly_and_only_where_they_change()
    {
        string target = Path.Combine(folder.Path, "texts");
        Tool.Run("inspect", Tool.OwnAssembly, "--write", target).Succeeded();
        string kernel = Path.Combine(target, "KernelForge.Cli.Tests.Tower", "qkv_kernel.cu");
        string host = Path.Combine(target, "KernelForge.Cli.Tests.Causal.g.cs");
        Assert.Contains("#include \"../Device/gemm.cuh\"", File.ReadAllText(kernel), StringComparison.Ordinal);
        Assert.True(File.Exists(host) && File.Exists(Path.Combine(target, "Device", "types.cuh")));
        Assert.False(Directory.Exists(Path.Combine(target, "KernelForge.Models.BertModel")));

        string former = Path.Combine(target, "KernelForge.Cli.Tests.Tower", "former.cu");
        File.WriteAllText(former, "a kernel that the layer had before");
        File.Delete(host);
        DateTime written = File.GetLastWriteTimeUtc(kernel);
        Assert.StartsWith("1 of ", Tool.Run("inspect", Tool.OwnAssembly, "--write", target).Succeeded(), StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(kernel));
        Assert.False(File.Exists(former));
    }

    [Fact]
    public void References_are_taken_from_where_they_are_said_to_be()
    {
        string alone = Path.Combine(folder.Path, Path.GetFileName(Tool.OwnAssembly));
        File.Copy(Tool.OwnAssembly, alone);
        string models = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName, "KernelForge.Models.dll");
        File.Copy(Tool.Models, models);
        Tool.Outcome listing = Tool.Run("inspect", alone, "--reference", models);
        Assert.Equal(0, listing.Code);
        Assert.Contains(models, listing.Output, StringComparison.Ordinal);
        Assert.Contains("inside.query", Tool.Run("inspect", alone, "Framed", "--reference", models).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'nowhere.dll' does not exist: name the .dll that a build made", "inspect", "nowhere.dll")]
    [InlineData("no layer is called 'Stuck': there are ", "inspect", "{own}", "Stuck")]
    [InlineData("'gpu' is no text of 'Tower': there are host, cuda, cpu", "inspect", "{own}", "Tower", "--text", "gpu")]
    [InlineData("'Tower' has no kernel 'expand': it has ", "inspect", "{own}", "Tower", "--text", "kernel:expand")]
    [InlineData("--text needs a layer", "inspect", "{own}", "--text", "cpu")]
    [InlineData("'nowhere' of --reference does not exist", "inspect", "{own}", "--reference", "nowhere")]
    [InlineData("Required argument 'assembly' missing", "inspect")]
    public void What_is_asked_wrongly_is_answered_in_one_sentence(string expected, params string[] arguments)
    {
        Tool.Outcome outcome = Tool.Run([.. arguments.Select(a => a == "{own}" ? Tool.OwnAssembly : a)]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains("kernelforge: " + expected, outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused_as_such()
    {
        string file = folder.Write("text.dll", "no assembly");
        Assert.Contains("is no .NET assembly", Tool.Run("inspect", file).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_layers_is_told_so()
    {
        string plain = Path.Combine(folder.Path, "System.CommandLine.dll");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "System.CommandLine.dll"), plain);
        Tool.Outcome outcome = Tool.Run("inspect", plain);
        Assert.Equal(2, outcome.Code);
        Assert.Contains("neither the assembly nor what it references carries a layer", outcome.Error, StringComparison.Ordinal);
    }
}
