using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of sweeps over rows: reductions, padding, gathered rows.</summary>
internal static class RowMutations
{
    private const string File = "row.cuh", Reduce = "reduce.cuh";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("a warp's sum is of half of its lanes", Cases.WideRows, "difference2_sum", Reduce,
            "for (int distance = 16; distance > 0; distance >>= 1) x += ",
            "for (int distance = 8; distance > 0; distance >>= 1) x += ", null),
        new("a block's sum has no barrier before it is read", Cases.WideRows, "difference2_sum", Reduce,
            "__syncthreads();\n    float sum = partials[0];", "float sum = partials[0];", Race),
        new("a block's sum has no barrier after it was read", Cases.WideRows, "difference2_sum", Reduce,
            "__syncthreads();\n    return sum;", "return sum;", Race),
        new("a block's sum leaves the last warp out", Cases.WideRows, "difference2_sum", Reduce,
            "warp < Warps; ++warp) sum", "warp < Warps - 1; ++warp) sum", null),
        new("groups are reduced before the row is there", Cases.NarrowRows, "difference2_sum", File,
            "constexpr int width = Columns / Groups;\n    row_barrier();", "constexpr int width = Columns / Groups;", Race),
        new("groups are read before they are reduced", Cases.NarrowRows, "difference2_sum", File,
            "        }\n    }\n    row_barrier();\n}", "        }\n    }\n}", Race),
        new("a wide row's barrier is one warp's", Cases.WideRows, "difference2_sum", File,
            "else __syncthreads();", "else __syncwarp();", Race),
        new("a group is one column short", Cases.NarrowRows, "difference2_sum", File,
            "(group < Groups ? width : 0)", "(group < Groups ? width - 1 : 0)", null),
        new("zeros behind the groups are not written", Cases.NarrowRows, "difference2_sum", File,
            "for (int group = lane; group < padded(Groups); group += row_threads)",
            "for (int group = lane; group < Groups; group += row_threads)", UninitialisedRead),
        new("a thread has a piece beyond its row", Cases.NarrowRows, "difference2_sum", File,
            "column(piece) < padded(Columns)", "column(piece) <= padded(Columns)", Race),
        new("rows beyond the batch are swept", Cases.Gated, "unitNorm", "", "if (row >= *rowCount) return;", "", UninitialisedRead),
        new("padding is summed with the row", Cases.NarrowRows, "difference2_sum", "",
            "if (within<HIDDEN>(column + e)) sum2 += ", "sum2 += ", null),
        new("a mean is over the padded row", Cases.Window, "norm", "",
            "row_sum(sum) * (1.0f / HIDDEN)", "row_sum(sum) * (1.0f / padded(HIDDEN))", null),
        new("another token's row is gathered", Cases.Bert, "norm", "", "= ids[row];", "= ids[row ^ 1];", null),
        new("a row beyond the table is gathered", Cases.Gathered, "y", "",
            "((kind[row] * 2) + 1)", "((kind[row] * 2) + 1000)", OutOfBounds),
        new("the sequence of the row before is taken", Cases.Segments, "difference", "",
            "= sequenceOf[row];", "= sequenceOf[row == 0 ? 0 : row - 1];", null),
        new("a store is off by one column", Cases.Window, "norm", "",
            "norm.store8(row, column, result2);", "store(norm.row_at(row) + column + 1, pack<Element>(result2));", Misaligned),
    ];
}
