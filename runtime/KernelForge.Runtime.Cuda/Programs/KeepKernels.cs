using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>The kernels that carry rows to what sequences keep and back: the same for every layer, so that the runtime has their texts.</summary>
internal static class KeepKernels
{
    /// <summary>New keys and values to the sequences' blocks.</summary>
    public static KernelSource Keys { get; } = new("keep_keys_kernel",
        """
        // Keys and values of new rows to the sequences' blocks.
        //
        //   Grid: some blocks by sequences. Block: keep_warps warps, each takes a row in turn.

        extern "C" __global__ void __launch_bounds__(keep_threads)
        keep_keys_kernel(const Element* key, const Element* value, const int* offsets, const int* bases, const int* sequenceCount,
                         const int* blockStarts, const u64* blocks, int keyPlace, int valuePlace)
        {
            let_next_grid_start();
            const int sequence = blockIdx.y, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
            if (sequence >= *sequenceCount) return;
            const View<const Element, KEY_COLUMNS, KEY_WHOLE, KEY_START> keys{key};
            const View<const Element, VALUE_COLUMNS, VALUE_WHOLE, VALUE_START> values{value};
            const KeptKeys<KEY_COLUMNS, VALUE_COLUMNS> kept{{blockStarts, blocks}, keyPlace, valuePlace};
            const int first = offsets[sequence], count = offsets[sequence + 1] - first, base = bases[sequence];
            wait_for_previous_grid();
            for (int i = blockIdx.x * keep_warps + warp; i < count; i += gridDim.x * keep_warps)
            {
                keep_row(kept.key(sequence, base + i), keys, first + i, lane);
                keep_row(kept.value(sequence, base + i), values, first + i, lane);
            }
        }
        """)
    {
        DeviceFiles = ["types.cuh", "views.cuh", "async.cuh", "kept.cuh"],
        Origins = [new SourceOrigin(1, 23, "keys and values of new rows to the sequences' blocks")],
    };

    /// <summary>Kept rows and new ones to one buffer; the new ones to the sequences' blocks.</summary>
    public static KernelSource Rows { get; } = Gather("keep_rows_kernel", "blocks", "const int* blockStarts, const u64* blocks",
        """
        const KeptBlocks kept{blockStarts, blocks};
            wait_for_previous_grid();
            for (int i = blockIdx.x * keep_warps + warp; i < count; i += gridDim.x * keep_warps)
            {
                const int position = reached + i;
                Stored* const block = kept.row<Stored, padded(COLUMNS)>(sequence, position, place);
                if (position < base) keep_row(together.row_at(firstKept + i), Kept{block}, 0, lane);
                else
                {
                    keep_row(together.row_at(firstKept + i), rows, first + position - base, lane);
                    keep_row(block, rows, first + position - base, lane);
                }
            }
        """);

    /// <summary>The same for the few last rows, which lie in a sequence's own memory.</summary>
    public static KernelSource LastRows { get; } = Gather("keep_last_rows_kernel", "own memory", "const u64* places",
        """
        const KeptStates<Stored> states(places, sequence, place);
            const int last = max(0, base + added - REACH);  // the first position that is left for the next run
            wait_for_previous_grid();
            for (int i = blockIdx.x * keep_warps + warp; i < count; i += gridDim.x * keep_warps)
            {
                const int position = reached + i;
                Stored* const to = position < last ? nullptr : states.after + (position - last) * padded(COLUMNS);
                if (position < base)
                {
                    keep_row(together.row_at(firstKept + i), Kept{states.before}, i, lane);
                    if (to != nullptr) keep_row(to, Kept{states.before}, i, lane);
                }
                else
                {
                    keep_row(together.row_at(firstKept + i), rows, first + position - base, lane);
                    if (to != nullptr) keep_row(to, rows, first + position - base, lane);
                }
            }
        """);

    private static KernelSource Gather(string name, string where, string parameters, string body)
    {
        string text = $$"""
            // Kept rows and new ones of each sequence to one buffer; the new ones to the sequences' {{where}}.
            //
            //   Grid: some blocks by sequences. Block: keep_warps warps, each takes a row in turn.

            using Stored = STORED;
            using Kept = View<const Stored, COLUMNS>;

            extern "C" __global__ void __launch_bounds__(keep_threads)
            {{name}}(View<const Stored, COLUMNS, WHOLE, START> rows, View<Stored, COLUMNS> together, const int* offsets,
                const int* bases, const int* keptOffsets, const int* keptBases, const int* sequenceCount, int place, {{parameters}})
            {
                let_next_grid_start();
                const int sequence = blockIdx.y, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
                if (sequence >= *sequenceCount) return;
                const int first = offsets[sequence], added = offsets[sequence + 1] - first, base = bases[sequence];
                const int firstKept = keptOffsets[sequence], count = keptOffsets[sequence + 1] - firstKept, reached = keptBases[sequence];
                {{body}}
            }
            """;
        return new KernelSource(name, text)
        {
            DeviceFiles = ["types.cuh", "views.cuh", "async.cuh", "kept.cuh"],
            Origins = [new SourceOrigin(1, text.Split('\n').Length, $"rows and those of earlier runs that are still read, from the sequences' {where}")],
        };
    }
}
