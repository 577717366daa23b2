using KernelForge.Compiler.Spec;
using KernelForge.Models;

namespace KernelForge.Compiler.Tests;

public sealed class PipelineTests
{
    private const string Cpu = "KernelForge.Runtime.Cpu.CpuProgram`1";

    [Fact]
    public void Code_is_written_for_the_devices_whose_runtime_is_referenced()
    {
        Assert.Contains(Cpu, Pipeline.ProgramTypes);
        Assert.Empty(Files([]));
        Assert.Equal(["KernelForge.Models.BertModel.g.cs", "KernelForge.Models.BertModel.Cpu.g.cs"], Files([Cpu]));
        Assert.Equal(1 + Pipeline.ProgramTypes.Count, Files([.. Pipeline.ProgramTypes]).Length);
    }

    private static string[] Files(EquatableArray<string> programTypes)
    {
        CompilationUnit unit = StoredUnits.Of(typeof(BertModel)) with { ProgramTypes = programTypes };
        return [.. Pipeline.Compile(unit).Files.Select(file => file.HintName)];
    }
}
