using KernelForge.TestData;

namespace KernelForge.Compiler.Tests;

/// <summary>The text that a project gets for its layers. Read it as one who has to debug it.</summary>
public sealed class GeneratedTextTests
{
    [Fact]
    public void The_host_part_of_BERT() => Snapshot.Verify(File(typeof(Models.BertModel), "KernelForge.Models.BertModel.g.cs"));

    [Fact]
    public void The_CPU_program_of_BERT() => Snapshot.Verify(File(typeof(Models.BertModel), "KernelForge.Models.BertModel.Cpu.g.cs"));

    /// <summary>A scan that goes row by row, and what its rows bring to products of long sequences.</summary>
    [Fact]
    public void The_CPU_program_of_retention() => Snapshot.Verify(File(typeof(Papers.Retention), "KernelForge.Papers.Retention.Cpu.g.cs"));

    [Fact]
    public void The_same_specification_gives_the_same_bytes()
    {
        CompilationResult first = Pipeline.Compile(StoredUnits.Of(typeof(Models.DistilBertModel)));
        Assert.Equal(first, Pipeline.Compile(StoredUnits.Of(typeof(Models.DistilBertModel))));
        Assert.All(first.Files, f => Assert.DoesNotContain('\r', f.Text));
    }

    private static string File(Type layer, string hintName) =>
        Pipeline.Compile(StoredUnits.Of(layer)).Files.Single(f => f.HintName == hintName).Text;
}
