using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of products: the pipeline, the tiles in shared memory, their edges, the epilogue.</summary>
internal static class GemmMutations
{
    private const string File = "gemm.cuh";

    private const string Barrier =
        "__syncthreads();  // this step's tile is there for all, and the stage written next has been read by all";

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("a product's barrier is missing", Cases.Gated, "down", File, Barrier, "", Race),
        new("a product's barrier stands before the wait", Cases.Gated, "down", File,
            "cp_async_wait<STAGES - 2>();\n        " + Barrier, "__syncthreads();\n        cp_async_wait<STAGES - 2>();", Race),
        new("a product does not wait for its copies", Cases.Gated, "down", File, "cp_async_wait<STAGES - 2>();", "", AsyncNotWaited),
        new("a product waits for a stage too few", Cases.Gated, "down", File,
            "cp_async_wait<STAGES - 2>();", "cp_async_wait<STAGES - 1>();", AsyncNotWaited),
        new("a product's copies make no groups", Cases.Gated, "down", File, "cp_async_commit();", "", AsyncNotWaited) { Places = 2 },
        new("a product reads one stage too few in turn", Cases.Gated, "down", File,
            "reading + 1 == STAGES ? 0", "reading + 1 == STAGES - 1 ? 0", AsyncNotWaited),
        new("a product writes the stage that is being read", Cases.Gated, "down", File,
            "writing = STAGES - 1;", "writing = 0;", AsyncNotWaited),
        new("a product leaves out its last step's copy", Cases.Gated, "down", File,
            "if (step + STAGES - 1 < steps)", "if (step + STAGES < steps)", null),
        new("the weight is read without its swizzle", Cases.Gated, "down", File,
            "swizzled<128>(warpN * WARP_N + lane / 16 * 8 + lane % 8, lane / 8 % 2)",
            "((warpN * WARP_N + lane / 16 * 8 + lane % 8) * 128 + lane / 8 % 2 * 16)", null),
        new("ldmatrix takes one chunk of the input twice", Cases.Gated, "down", File,
            "swizzled<128>(warpM * WARP_M + lane % 16, lane / 16)", "swizzled<128>(warpM * WARP_M + lane % 16, 0)", null),
        new("a piece of k is half as far", Cases.Gated, "down", File, "(left ^ piece * 32)", "(left ^ piece * 16)", null),
        new("the last fragments are not loaded", Cases.Gated, "down", File, "if (piece < 3) load", "if (piece < 2) load", null),
        new("the two halves of a fragment's sums change places", Cases.Gated, "down", File,
            "row % 2 * 2 + n % 2]", "(1 - row % 2) * 2 + n % 2]", null),
        new("rows of the input beyond the batch are copied", Cases.Gated, "down", File,
            "(firstRow + row + i * rowsAtOnce < rows ? 1u : 0u)", "1u", OutOfBounds),
        new("rows of the weight beyond the last are copied", Cases.Segments, "mix", File,
            "(firstColumn + row + i * rowsAtOnce < N ? 1u : 0u)", "1u", OutOfBounds),
        new("the end of k is not zero-filled", Cases.Gated, "down", File, "min(max(left, 0), chunk)", "chunk", UninitialisedRead),
        new("k ends a column early", Cases.Gated, "down", File,
            "const int left = K - step * tileK - k;", "const int left = K - 1 - step * tileK - k;", null),
        new("rows beyond the batch are stored", Cases.Gated, "down", File,
            "if (row < rows && (N % TILE_N == 0 || column < N)) epilogue.finish",
            "if (N % TILE_N == 0 || column < N) epilogue.finish", OutOfBounds),
        new("operands are fetched for rows beyond the batch", Cases.Gated, "down", File,
            "if (row < rows && (N % TILE_N == 0 || column < N)) inputs", "if (N % TILE_N == 0 || column < N) inputs", OutOfBounds),
        new("a block writes its neighbour's columns", Cases.Gated, "query_key_value", File,
            "warpColumn = firstColumn + warpN", "warpColumn = warpN", Race),
        new("the residual is another row's", Cases.Gated, "down", "",
            "in.x = x.fetch8(row, column);", "in.x = x.fetch8(row / 2, column);", null),
        new("a bias is its neighbour's", Cases.Gated, "up", "", "upBias.fetch8(0, column)", "upBias.fetch8(0, column & ~8)", null),
        new("keys go where values belong", Cases.Gated, "query_key_value", "",
            "value.store8(row, c, sums);", "key.store8(row, c, sums);", Race),
        new("a merged projection begins a block too late", Cases.Gated, "query_key_value", "",
            "const int c = column - packed(HIDDEN);\n            if (c >= padded(HIDDEN)) return;",
            "const int c = column - packed(HIDDEN) - 8;\n            if (c >= padded(HIDDEN)) return;", OutOfBounds),
        new("a gate and what it gates change places", Cases.Gate, "gate_up", "",
            "tanh_as<Element>(sums[e] + gateBiasValues[e]) * (sums[4 + e] +",
            "tanh_as<Element>(sums[4 + e] + gateBiasValues[e]) * (sums[e] +", null),
        new("a pair's columns are not halved", Cases.Gate, "gate_up", "",
            "const int c = column / 2;\n        if (c >= padded(INNER)) return;",
            "const int c = column;\n        if (c >= padded(INNER)) return;", null),
        new("a chunk of four multiply-adds leaves one out", Cases.GatedFloat, "down", File,
            "c[i][j] = fmaf(left.w, right[j].w, fmaf(left.z, right[j].z, first));", "c[i][j] = fmaf(left.z, right[j].z, first);", null),
        new("the float path reads the input without its swizzle", Cases.GatedFloat, "down", File,
            "input + swizzled<128>(row + i * 8, piece)", "input + (row + i * 8) * 128 + piece * 16", null),
        new("the float path has no barrier", Cases.GatedFloat, "down", File, Barrier, "", Race),
    ];
}
