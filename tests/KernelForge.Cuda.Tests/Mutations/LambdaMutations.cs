using static KernelForge.Emulation.Findings.FindingKind;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>Faults of what computes lambdas (elements, scans, weights that are scores) and of banks.</summary>
internal static class LambdaMutations
{
    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("a row behind the last is computed", Cases.Convolved, "each", "", "if (row >= *rowCount ||", "if (row > *rowCount ||", UninitialisedRead),
        new("a position may lie behind the sequence", Cases.Convolved, "convolved", "views.cuh",
            "static_cast<u32>(position) < static_cast<u32>(length)", "static_cast<u32>(position) <= static_cast<u32>(length)", null),

        new("a state begins with what another has left", Cases.States, "forwards", "", "float states[STATES_OF_LANE] = {};", "float states[STATES_OF_LANE] = {1.0f};", null),
        new("a state is summed before its step", Cases.States, "forwards", "", "total += h * element2;", "total += states[k] * element2;", null),
        new("the last states are lost", Cases.States, "forwards", "", "n >= STATES) continue;", "n >= STATES - 1) continue;", null) { Places = 2 },
        new("lanes of a feature are summed but for half", Cases.States, "forwards", "scan.cuh", "distance = STATE_LANES / 2", "distance = STATE_LANES / 4", null),
        new("a scan goes the wrong way", Cases.States, "backwards", "", "count - 1 - turn", "turn", null),
        new("a scan ends a row early", Cases.States, "backwards", "", "turn < count;", "turn < count - 1;", UninitialisedRead),

        new("a chunk begins with nothing", Cases.LongStates, "scan", "", "if (chunk.number > 0)", "if (false)", null),
        new("a chunk begins where its sequence does", Cases.LongStates, "scan", "", "[at.place(blockIdx.y - 1, k)]", "[at.place(blockIdx.y - chunk.number, k)]", null),
        new("a chunk's carry is left out of the next", Cases.LongStates, "scan_chain", "scan_chunks.cuh", "link[i].factor * h + link[i].state", "link[i].state", null),
        new("a product that has lost its bits is used", Cases.LongStates, "scan_chain", "scan_chunks.cuh",
            "is_finite(slow.factor) ? slow.factor * h + slow.state : replay(i, h)", "slow.factor * h + slow.state", null),
        new("a product does not say that it has lost its bits", Cases.LongStates, "scan_links", "scan_chunks.cuh",
            "return lost ? __uint_as_float(0x7fc00000u) : product;", "return product;", null),
        new("the row at a chunk's end is left out of its link", Cases.LongStates, "scan_links", "", "turn < end;", "turn < end - 1;", null),

        new("counts of the order are read before they are there", Cases.Chosen, "experts_order", "order.cuh",
            "    if (lane == 0) counts[warp] = before;\n    __syncthreads();", "    if (lane == 0) counts[warp] = before;", Race),
        new("votes of the next rows overwrite those that are read", Cases.Chosen, "experts_order", "order.cuh",
            "        if (mine) order[place + __popc(votes & ((1u << lane) - 1))] = row;\n        __syncthreads();",
            "        if (mine) order[place + __popc(votes & ((1u << lane) - 1))] = row;", Race),
        new("rows of one weight lie on each other", Cases.Chosen, "experts_order", "order.cuh", "place + __popc(votes & ((1u << lane) - 1))", "place", Race),
        new("rows behind the first of a block are not ordered", Cases.Chosen, "experts_order", "order.cuh",
            "for (int first = 0; first < rows; first += order_threads)", "for (int first = 0; first < order_threads; first += order_threads)", UninitialisedRead),
        new("a number that names no weight names the first", Cases.Chosen, "experts_order", "order.cuh",
            "static_cast<int>(number) : Count;", "static_cast<int>(number) : 0;", null),

        new("rows are multiplied as they lie", Cases.Chosen, "experts", "bank.cuh",
            "order[firstRow + threadIdx.x / 8 + i * Loader::rowsAtOnce]", "firstRow + static_cast<int>(threadIdx.x) / 8 + i * Loader::rowsAtOnce", null),
        new("every row takes the first weight", Cases.Chosen, "experts", "bank.cuh", "static_cast<u64>(tile.weight) * N * padded(K)", "0", null),
        new("every row takes the first bias", Cases.ChosenFloat, "experts", "bank.cuh", "bias.fetch8(weight, column)", "bias.fetch8(0, column)", null),
        new("rows that name no weight get no zeros", Cases.Chosen, "experts", "bank.cuh",
            "            if (row < end && column < padded(Output::columns)) output.store8(order[row], column, zeros);\n", "", null),
        new("a weight's last rows are left out", Cases.Chosen, "experts", "bank.cuh", "start + TILE_M - 1) / TILE_M", "start) / TILE_M", null),

        new("keys that a mask hides count where there is no softmax", Cases.Products, "attention", "attention_score.cuh",
            "Pair::softmax ? minus_infinity() : 0.0f", "Pair::softmax ? minus_infinity() : s", null),
        new("weights are normalised where there is no softmax", Cases.ProductsFloat, "attention", "attention_fma.cuh", "float part = 1.0f;", "float part = 0.5f;", null),
    ];
}
