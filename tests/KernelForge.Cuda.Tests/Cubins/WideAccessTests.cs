using System.Text.RegularExpressions;
using KernelForge.Runtime.Cuda;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>The kernels of BERT-base move elements 16 bytes at a time, through asynchronous copies where they go to shared memory.</summary>
public sealed partial class WideAccessTests
{
    [Theory, InlineData("sm_80"), InlineData("sm_90")]
    public void Elements_are_moved_16_bytes_at_a_time(string architecture)
    {
        var device = Architecture.Parse(architecture);
        IReadOnlyList<Cubin> cubins = Cubin.All(PlannedKernels.Of(PlannedKernels.BertBase, device, CudaPrecision.Float16), device);
        Assert.Empty(cubins.SelectMany(cubin => NarrowAccesses(cubin).Select(access => $"{cubin.Build}: {access}")));
    }

    /// <summary>Besides elements a kernel reads integers of the batch: how many rows there are, ids, a piece of work.</summary>
    private static IEnumerable<string> NarrowAccesses(Cubin cubin)
    {
        ILookup<string, string> accesses = GlobalAccess().Matches(Disassembly.Of(cubin.Image)).Select(m => m.Value).ToLookup(op => op);
        foreach (IGrouping<string, string> access in accesses)
        {
            if (access.Key.Contains(".128", StringComparison.Ordinal)) continue;
            // The integers: rows; a row's id, type and position; or the six numbers of a work item.
            if (access.Key.StartsWith("LDG", StringComparison.Ordinal) && access.Count() <= (cubin.Build.Name == "context_kernel" ? 7 : 4)) continue;
            yield return $"{access.Count()} times {access.Key}";
        }
        if (!accesses.Any(access => access.Key.StartsWith("STG.E.128", StringComparison.Ordinal))) yield return "stores no 16 bytes";
        bool isRow = cubin.Build.Name.Contains("orm_", StringComparison.Ordinal);
        if (!accesses.Any(access => access.Key.StartsWith(isRow ? "LDG.E.128" : "LDGSTS.E.BYPASS.128", StringComparison.Ordinal)))
            yield return "loads no 16 bytes";
    }

    [GeneratedRegex(@"\b(LDG|STG|LDGSTS)\.[\w.]+")]
    private static partial Regex GlobalAccess();
}
