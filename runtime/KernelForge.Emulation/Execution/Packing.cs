using System.Runtime.Intrinsics;

namespace KernelForge.Emulation.Execution;

/// <summary>mov between one register and the parts that it is made of; Width: bits of a part.</summary>
internal static unsafe class Packing
{
    /// <summary>Two 16-bit registers into one: A below, B above.</summary>
    public static void PackHalves(Warp warp, Instruction instruction, uint mask)
    {
        uint* to = (uint*)(warp.Registers + instruction.D);
        for (int part = 0; part < 2; part++)
            Lanes.Put(to, part, Lanes.Get<uint>(warp, instruction.A, part) | (Lanes.Get<uint>(warp, instruction.B, part) << 16), mask);
    }

    /// <summary>One register into two of 16 bits: D from below, Target from above.</summary>
    public static void UnpackHalves(Warp warp, Instruction instruction, uint mask)
    {
        uint* low = (uint*)(warp.Registers + instruction.D), high = (uint*)(warp.Registers + instruction.Target);
        for (int part = 0; part < 2; part++)
        {
            Vector512<uint> both = Lanes.Get<uint>(warp, instruction.A, part);
            Lanes.Put(low, part, both & Vector512.Create(0xFFFFu), mask);
            Lanes.Put(high, part, both >> 16, mask);
        }
    }

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
