using System.Text;
using KernelForge.Emulation.Findings;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>
/// Faults put into our own kernels, each caught by the emulated GPU's checks or by the comparison with the reference run: what passes these
/// tests is not passed for want of looking.
/// </summary>
public sealed class MutationTests
{
    public static TheoryData<string> Names => [.. Mutations.All.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Cases.Names), MemberType = typeof(Cases))]
    public void Kernels_without_a_fault_pass(string name)
    {
        Case one = Cases.Named(name);
        var run = MutationRun.Of(one, null);
        Assert.Empty(run.Findings);
        Assert.True(run.Difference <= one.Tolerance, run.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fault_is_caught(string name)
    {
        Mutation mutation = Mutations.All.Single(m => m.Name == name);
        Case one = Cases.Named(mutation.Case);
        var run = MutationRun.Of(one, mutation);
        Assert.True(
            run.Shows(mutation.Caught, one.Tolerance), $"'{mutation}' should be caught by {CaughtBy(mutation)}; but it was:\n{run}");
    }

    [Fact]
    public void All_faults()
    {
        var table = new StringBuilder("| fault | in | shown by | caught by |\n|---|---|---|---|\n");
        foreach (Mutation m in Mutations.All)
            table.Append($"| {m.Name} | {m.FileName} | {m.Case} | {CaughtBy(m)} |\n");
        Snapshot.Verify(table.ToString(), "md");
    }

    private static string CaughtBy(Mutation mutation) => mutation.Caught is { } kind ? kind.Name() : "comparison";
}
