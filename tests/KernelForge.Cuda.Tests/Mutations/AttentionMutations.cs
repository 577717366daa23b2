using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of attention: the stream of keys, bounds and masks, the running softmax, the work list.</summary>
internal static class AttentionMutations
{
    private const string File = "attention.cuh", Products = "attention_mma.cuh", Rows = "attention_rows.cuh", Score = "attention_score.cuh",
        Floats = "attention_fma.cuh";

    private const string Barrier = "__syncthreads();  // this tile is there for all, and the stage written next has been read by all";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("attention's barrier is missing", Cases.Gated, "context", File, Barrier, "", Race),
        new("attention does not wait for its copies", Cases.Gated, "context", File, "cp_async_wait<STAGES - 2>();", "", AsyncNotWaited),
        new("attention of one tile does not wait for keys", Cases.Short, "context", File, "cp_async_wait<1>();", "", AsyncNotWaited),
        new("attention of one tile does not wait for values", Cases.Short, "context", File, "cp_async_wait<0>();", "", AsyncNotWaited),
        new("attention of one tile has no barrier before values", Cases.Short, "context", File,
            "cp_async_wait<0>();\n            __syncthreads();", "cp_async_wait<0>();", Race),
        new("a key beyond the sequence is seen", Cases.Bert, "context", Products, "column < keys);", "column <= keys);", null),
        new("no mask of keys beyond the sequence", Cases.Bert, "context", Score, "if (!within) s = Pair::softmax ? minus_infinity() : 0.0f;", "", null),
        new("the mask is not asked", Cases.Gated, "context", Score,
            "within = within && pair.visible(i, j, head);", "within = within && true;", null),
        new("a causal mask hides a query's own key", Cases.Gated, "context", "",
            "return j.position <= i.position;", "return j.position < i.position;", null),
        new("a window is wider by one", Cases.Window, "attention", "",
            "return abs(i.position - j.position) <= WINDOW;", "return abs(i.position - j.position) <= WINDOW + 1;", null),
        new("a tile that the mask touches is left out", Cases.Window, "attention", "",
            "return Interval::Abs((i - j)) <= Interval(WINDOW);", "return Interval::Abs((i - j)) <= Interval(0);", null),
        new("what was summed is not rescaled", Cases.Gated, "context", Products, "o[m][d][half * 2] *= rescale;", "", null),
        new("the sum of exponentials is not rescaled", Cases.Gated, "context", Products, "sum[m][half] *= rescale;", "", null),
        new("a row's largest is of one lane", Cases.Bert, "context", Products, "quad_max(top)", "top", null),
        new("a row's sum is of one lane", Cases.Bert, "context", Products, "quad_sum(sum[m][half])", "sum[m][half]", null),
        new("a query that sees nothing divides by zero", Cases.Hidden, "attention", Products,
            "total == 0.0f ? 0.0f : reciprocal(total)", "reciprocal(total)", null),
        new("results leave before the warp has them", Cases.Gated, "context", Products,
            "__syncwarp();\n        store_rows", "store_rows", Race),
        new("results are stored over queries that are still read", Cases.Wide, "context", Products,
            "__syncwarp();  // queries that do not stay in registers have been read", "", Race),
        new("values are read without their swizzle", Cases.Gated, "context", Products,
            "swizzled<valueBytes>(n * 16 + lane % 16, d * 2 + lane / 16)",
            "((n * 16 + lane % 16) * valueBytes + (d * 2 + lane / 16) * 16)", null),
        new("keys are read a chunk off", Cases.Wide, "context", Products, "step * 2 + lane / 8 % 2)", "step * 2)", null),
        new("a transposed matrix is not transposed", Cases.Gated, "context", Products, "ldmatrix_x4_trans(v,", "ldmatrix_x4(v,", null),
        new("rows beyond the sequence are copied", Cases.Gated, "context", Rows, "filled && first + row < length", "filled", OutOfBounds),
        new("rows beyond the sequence are fetched", Cases.Window, "attention", Rows, "if (first + row < length)", "", UninitialisedRead),
        new("columns behind a head are its neighbour's", Cases.Window, "attention", Rows,
            "fetch_view<chunk_elements, Width, false, 0>",
            "fetch_view<chunk_elements, row_bytes(Width) / sizeof(Element), false, 0>", UninitialisedRead) { Places = 2 },
        new("a row too many is stored", Cases.Gated, "context", Rows, "if (row < count)", "if (row <= count)", Race),
        new("the padding behind the last head is not written", Cases.PaddedHeads, "context", File,
            "if (head == Heads - 1) clear_columns", "if (false) clear_columns", UninitialisedRead),
        new("a key head is another's", Cases.Grouped, "context", File,
            "keyHead = head * KeyHeads / Heads", "keyHead = head % KeyHeads", null),
        new("an item's keys are one too few", Cases.Bert, "context", File,
            "const WorkItem item = work[blockIdx.y];",
            "WorkItem item = work[blockIdx.y];\n    item.keyLength -= item.keyLength > 1;", null),
        new("an item's queries begin a row late", Cases.Bert, "context", File,
            "const WorkItem item = work[blockIdx.y];", "WorkItem item = work[blockIdx.y];\n    item.queryStart += 1;", UninitialisedRead),
        new("blocks beyond the list of work take what a batch before left", Cases.Again, "context", File,
            "if (blockIdx.y >= workCount) return;", "", Race),
        new("a row's largest is of half of its lanes, in floats", Cases.GatedFloat, "context", Floats,
            "for (int distance = 4; distance > 0; distance >>= 1) top", "for (int distance = 2; distance > 0; distance >>= 1) top", null),
        new("a weight comes from the lane beside, in floats", Cases.GatedFloat, "context", Floats,
            "group * 8 + k);", "group * 8 + (k ^ 1));", null),
        new("an exchange names half of the warp, in floats", Cases.GatedFloat, "context", Floats,
            "__shfl_sync(0xffffffffu, s[m][n], group * 8 + k)", "__shfl_sync(0x0000ffffu, s[m][n], group * 8 + k)", ShuffleMask),
    ];
}
