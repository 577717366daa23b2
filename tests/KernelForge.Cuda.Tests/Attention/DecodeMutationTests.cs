using KernelForge.Emulation.Findings;
using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Attention;

/// <summary>Faults put into the two kernels, each caught by the emulated GPU's checks or by the comparison with double precision.</summary>
public sealed class DecodeMutationTests
{
    private static readonly AttentionSizes sizes = new(4, 2, 32, 32);

    /// <summary>What is wrong, what is replaced and by what, and the kind of finding; null where the results are wrong and no access is.</summary>
    private static readonly (string Name, string Find, string Replacement, FindingKind? Caught)[] faults =
    [
        ("a block's index is off by one", "part.firstKey / kept_rows + lane]", "part.firstKey / kept_rows + lane + 1]", OutOfBounds),
        ("two blocks change places", "part.firstKey / kept_rows + lane]", "part.firstKey / kept_rows + (blocks == 4 ? lane ^ 1 : lane)]", null),
        ("a tile comes from the block before", "(tile - firstTile) * KEY_TILE / kept_rows)",
            "max(0, tile - firstTile - 1) * KEY_TILE / kept_rows)", null),
        ("copies are not waited for", "cp_async_wait<STAGES - 2>();\n            __syncwarp();  // this", "__syncwarp();  // this", AsyncNotWaited),
        ("lanes do not meet after their copies", "__syncwarp();  // this tile", "// this tile", Race),
        ("queries are read before the warp has them", "__syncwarp();\n                state.load_queries", "state.load_queries", Race),
        ("a stage is written while it is read", "load((turn + STAGES - 1) % STAGES);", "load(turn % STAGES);", AsyncNotWaited),
        ("keys beyond the sequence are copied", "count = ahead.item.keyLength - next * KEY_TILE", "count = KEY_TILE", null),
        ("a key beyond the sequence is seen", "keys = now.item.keyLength - firstKey;", "keys = now.item.keyLength - firstKey + 1;", null),
        ("a tile's queries are those of the first head", "return head + row % Group; }", "return head; }", null),
        ("all rows are the first query", "min(row / Group, item.queryLength - 1)", "0", null),
        ("queries are counted from the first in memory", "{item.queryBase + query, item.queryStart", "{query, item.queryStart", null),
        ("all heads have the first head's keys", "head = ahead.key_head();", "head = 0;", null),
        ("a piece is left out", "enter(piece + gridDim.x)", "enter(piece + gridDim.x + 1)", null),
        ("queries' results lie in the same slots", "of / Group * now.slotsAQuery)", "0 * now.slotsAQuery)", Race),
        ("a part is merged twice", "((stream - item.firstPart) % streams + streams) % streams", "max(0, stream - 1)", null),
        ("a part is not merged", "n < item.endPart; n += streams", "n < item.endPart - 1; n += streams", null),
        ("parts are not weighed", "weight = exp2f(state.x - top);", "weight = 1.0f;", null),
        ("sums are not weighed", "total = fmaf(weight, state.y, total);", "total += state.y;", null),
        ("the largest is one warp's", "top = block_max<WARPS>(top, partials);", "block_max<WARPS>(top, partials);\n        top = warp_max(top);", null),
        ("streams are added up before all are there", "__syncthreads();\n    if (stream > 0) return;", "if (stream > 0) return;", Race),
    ];

    public static TheoryData<string> Names { get; } = [.. faults.Select(fault => fault.Name)];

    [Fact]
    public void Without_a_fault_all_is_right() => Assert.Null(Run(null, out IReadOnlyList<Finding> findings) ?? (findings.Count > 0 ? "a finding" : null));

    [Theory, MemberData(nameof(Names))]
    public void A_fault_is_caught(string name)
    {
        (_, string find, string replacement, FindingKind? caught) = faults.Single(fault => fault.Name == name);
        int places = 0;
        string? wrong = Run(Mutate, out IReadOnlyList<Finding> findings);
        Assert.True(places == 1, $"'{find}' stands in the two kernels {places} times, and not once");
        if (caught is { } kind) Assert.Contains(findings, finding => finding.Kind == kind);
        else Assert.True(findings.Count == 0 && wrong is not null, $"{string.Join('\n', findings)}\n{wrong ?? "all is right"}");

        string Mutate(string text)
        {
            places += text.Split(find).Length - 1;
            return text.Replace(find, replacement, StringComparison.Ordinal);
        }
    }

    /// <summary>How the results are wrong; null where they are right.</summary>
    private static string? Run(Func<string, string>? mutate, out IReadOnlyList<Finding> findings)
    {
        ElementType element = ElementType.Named("f16");
        PairPolicy policy = PairPolicy.Named("causalSlopes");
        AttentionBatch batch = AttentionBatch.Continued(sizes, element, [1, 3, 1, 2], [33, 300, 129, 700], 1);
        using var kernel = new DecodeKernel(element, sizes, policy, mutate: mutate);
        string? wrong = null;
        try
        {
            AttentionReference.Check(element, batch, policy, kernel.Run(batch, blocks: 3));
        }
        catch (Xunit.Sdk.XunitException error)
        {
            wrong = error.Message;
        }
        findings = [.. kernel.Findings];
        return wrong;
    }
}
