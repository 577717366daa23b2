using System.Text.Json;
using KernelForge.Emulation.Findings;

namespace KernelForge.Emulation.Tests.Conformance;

/// <summary>Kernels from compilers that were proven on hardware, judged by results and findings; every one under several orders of its warps.</summary>
public sealed class ConformanceTests
{
    private static readonly int[] Seeds = [1, 2, 3];

    public static TheoryData<string> RightKernels => [.. ConformanceCase.Names(broken: false)];

    public static TheoryData<string> BrokenKernels => [.. ConformanceCase.Names(broken: true)];

    [Theory, MemberData(nameof(RightKernels))]
    public void A_right_kernel_computes_what_it_should_and_nothing_is_found(string name)
    {
        ConformanceCase kernel = ConformanceCase.Open(name);
        foreach (int seed in Seeds)
        {
            using var run = new ConformanceRun(kernel, seed);
            Assert.True(run.Device.Findings.Count == 0, string.Join('\n', run.Device.Findings));
            foreach (JsonProperty tensor in kernel.Tensors)
            {
                if (kernel.Expected(tensor.Name) is not { } want) continue;
                string? difference = Elements.Difference(
                    tensor.Value.GetProperty("dtype").GetString()!, run.Result(tensor.Name), want, kernel.Tolerance(tensor.Name));
                Assert.True(difference is null, $"seed {seed}, {tensor.Name}: {difference}");
            }
        }
    }

    [Theory, MemberData(nameof(BrokenKernels))]
    public void A_broken_kernel_gets_just_the_finding_that_it_deserves(string name)
    {
        ConformanceCase kernel = ConformanceCase.Open(name);
        JsonElement fault = kernel.Fault!.Value;
        string[] kinds = [Text(fault, "kind")!, .. fault.TryGetProperty("also_acceptable", out JsonElement also)
            ? also.EnumerateArray().Select(k => k.GetString()!) : []];
        foreach (int seed in Seeds)
        {
            using var run = new ConformanceRun(kernel, seed);
            string all = $"seed {seed}: {string.Join('\n', run.Device.Findings)}";
            Assert.True(run.Device.Findings.Count > 0, $"seed {seed}: nothing was found");
            Assert.True(run.Device.Findings.All(f => kinds.Contains(f.Kind.Name())), all);
            Assert.True(run.Device.Findings.Any(f => Fits(f, fault)), all);
        }
    }

    // The place that the case names; a kind that is acceptable as well may lie elsewhere.
    private static bool Fits(Finding finding, JsonElement fault)
    {
        if (finding.Kind.Name() != Text(fault, "kind")) return true;
        return Agrees("space", finding.Space) && Agrees("access", finding.Access) && Agrees("tensor", finding.Allocation)
            && Agrees("pair", finding.Pair) && Agrees("between", finding.Between)
            && (!fault.TryGetProperty("byte_offset", out JsonElement offset) || offset.GetInt64() == finding.Offset)
            && (!fault.TryGetProperty("bytes", out JsonElement bytes) || bytes.GetInt32() == finding.Bytes)
            && IsAt("block", finding.Block) && IsAt("thread", finding.Thread)
            && (Text(fault, "lanes") is not { } lanes || finding.Message.Contains(lanes.Split(' ')[0], StringComparison.Ordinal));

        bool Agrees(string property, string? value) => Text(fault, property) is not { } wanted || wanted == value;

        bool IsAt(string property, Index3 value) => !fault.TryGetProperty(property, out JsonElement place)
            || place.EnumerateArray().Select(p => p.GetInt32()).SequenceEqual([value.X, value.Y, value.Z]);
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;
}
