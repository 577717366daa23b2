namespace KernelForge.Emulation.Execution;

/// <summary>Registers that say where a thread is; they stay as they are from its first instruction on.</summary>
internal static unsafe class SpecialRegisters
{
    public static bool IsKnown(string name) => name is
        "%tid.x" or "%tid.y" or "%tid.z" or "%ntid.x" or "%ntid.y" or "%ntid.z" or "%ctaid.x" or "%ctaid.y" or "%ctaid.z"
        or "%nctaid.x" or "%nctaid.y" or "%nctaid.z" or "%laneid" or "%warpid" or "%nwarpid" or "%smid" or "%nsmid"
        or "%lanemask_eq" or "%lanemask_le" or "%lanemask_lt" or "%lanemask_ge" or "%lanemask_gt" or "%dynamic_smem_size" or "%total_smem_size";

    public static void Fill(Warp warp, string name, uint* to)
    {
        for (int lane = 0; lane < 32; lane++) to[lane] = Value(warp, name, lane);
    }

    private static uint Value(Warp warp, string name, int lane)
    {
        Grid grid = warp.Block.Grid;
        Index3 thread = Index3.Of(warp.ThreadOf(lane), grid.BlockShape);
        return name switch
        {
            "%tid.x" => (uint)thread.X,
            "%tid.y" => (uint)thread.Y,
            "%tid.z" => (uint)thread.Z,
            "%ntid.x" => (uint)grid.BlockShape.X,
            "%ntid.y" => (uint)grid.BlockShape.Y,
            "%ntid.z" => (uint)grid.BlockShape.Z,
            "%ctaid.x" => (uint)warp.Block.Index.X,
            "%ctaid.y" => (uint)warp.Block.Index.Y,
            "%ctaid.z" => (uint)warp.Block.Index.Z,
            "%nctaid.x" => (uint)grid.Shape.X,
            "%nctaid.y" => (uint)grid.Shape.Y,
            "%nctaid.z" => (uint)grid.Shape.Z,
            "%laneid" => (uint)lane,
            "%warpid" => (uint)warp.Index,
            "%nwarpid" => (uint)(grid.Threads + 31) / 32,
            "%smid" => 0,
            "%nsmid" => 1,
            "%lanemask_eq" => 1u << lane,
            "%lanemask_lt" => (1u << lane) - 1,
            "%lanemask_le" => (2u << lane) - 1,
            "%lanemask_ge" => ~((1u << lane) - 1),
            "%lanemask_gt" => ~((2u << lane) - 1),
            "%dynamic_smem_size" => (uint)grid.DynamicSharedBytes,
            "%total_smem_size" => (uint)(grid.DynamicSharedBytes + grid.Program.Shared.StaticBytes),
            _ => throw new InvalidOperationException($"the special register '{name}' has no value"),
        };
    }
}
