using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>The kernel that puts the parts of an attention over kept keys together: the same for every layer.</summary>
internal static class MergeKernel
{
    private const string Text =
        """
        // What the parts of each query gave, put together.
        //
        //   Grid: heads by queries. Block: WARPS warps.

        struct Layout
        {
            static constexpr int outputStride = padded(OUTPUT_WHOLE);
            static constexpr bool aligned = OUTPUT_START % 8 == 0;
            static constexpr int outputPadding = OUTPUT_START + HEADS * VALUE_WIDTH == OUTPUT_WHOLE ? outputStride - OUTPUT_WHOLE : 0;
        };

        extern "C" __global__ void __launch_bounds__(attention_threads)
        merge_parts_kernel(const float* results, Element* output, const MergeItem* items, const int* itemCount)
        {
            merge_parts<HEADS, VALUE_WIDTH, Layout, SOFTMAX>(results, output, items, *itemCount);
        }
        """;

    public static KernelSource Source { get; } = new("merge_parts_kernel", Text)
    {
        DeviceFiles =
        [
            "types.cuh", "views.cuh", "math.cuh", "reduce.cuh", "async.cuh", "mma.cuh", "attention_rows.cuh", "attention_parts.cuh",
            "attention_merge.cuh",
        ],
        Origins = [new SourceOrigin(1, Text.Split('\n').Length, "attention over kept keys, put together of its parts")],
    };
}
