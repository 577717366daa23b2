namespace KernelForge.Emulation.Execution;

/// <summary>mov between one register and the parts that it is made of; Width: bits of a part.</summary>
internal static unsafe class Packing
{
    public static void Pack(Warp warp, Instruction instruction, uint mask)
    {
        int width = instruction.Width;
        ulong ones = (1ul << width) - 1;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong value = 0;
            for (int i = 0; i < instruction.Registers.Length; i++)
                value |= (((uint*)(warp.Registers + instruction.Registers[i]))[lane] & ones) << (i * width);
            if (instruction.IsWide) ((ulong*)(warp.Registers + instruction.D))[lane] = value;
            else ((uint*)(warp.Registers + instruction.D))[lane] = (uint)value;
        }
    }

    public static void Unpack(Warp warp, Instruction instruction, uint mask)
    {
        int width = instruction.Width;
        ulong ones = (1ul << width) - 1;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            ulong value = instruction.IsWide ? ((ulong*)(warp.Registers + instruction.A))[lane] : ((uint*)(warp.Registers + instruction.A))[lane];
            for (int i = 0; i < instruction.Registers.Length; i++)
                ((uint*)(warp.Registers + instruction.Registers[i]))[lane] = (uint)(value >> (i * width) & ones);
        }
    }

    /// <summary>Time is counted in the instructions of the launch.</summary>
    public static void Clock(Warp warp, Instruction instruction, uint mask)
    {
        ulong now = (ulong)warp.Block.Grid.Statistics.WarpInstructions;
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            if (instruction.IsWide) ((ulong*)(warp.Registers + instruction.D))[lane] = now;
            else ((uint*)(warp.Registers + instruction.D))[lane] = (uint)now;
        }
    }
}
