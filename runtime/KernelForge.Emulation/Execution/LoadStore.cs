using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>ld and st of one to four elements.</summary>
internal static unsafe class LoadStore
{
    public static void Load(Warp warp, Instruction instruction, uint mask)
    {
        int bytes = instruction.Width * instruction.Registers.Length;
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            ulong address = Accesses.AddressOf(warp, instruction, lane);
            bool found = Accesses.Resolve(warp, instruction, lane, address, instruction.Space, bytes, isWrite: false, out Place place);
            if (found)
            {
                Accesses.CheckRead(warp, instruction, lane, place, bytes);
                if (place.Space == StateSpace.Global) warp.Block.Grid.Statistics.GlobalBytesRead += bytes;
            }
            for (int i = 0; i < instruction.Registers.Length; i++)
            {
                byte* register = warp.Registers + instruction.Registers[i];
                ulong value = found ? Read(place.Data + i * instruction.Width, instruction.Width, instruction.IsSigned) : 0;
                if (instruction.IsWide) ((ulong*)register)[lane] = value;
                else ((uint*)register)[lane] = instruction.IsNarrow ? (ushort)value : (uint)value;
            }
            if (found && instruction.IsStrong) Ordering.AfterLoad(warp, instruction, lane, place);
        }
    }

    public static void Store(Warp warp, Instruction instruction, uint mask)
    {
        int width = instruction.Width;
        int bytes = width * instruction.Registers.Length;
        byte* value = stackalloc byte[32];
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            ulong address = Accesses.AddressOf(warp, instruction, lane);
            if (!Accesses.Resolve(warp, instruction, lane, address, instruction.Space, bytes, isWrite: true, out Place place)) continue;
            for (int i = 0; i < instruction.Registers.Length; i++)
            {
                byte* register = warp.Registers + instruction.Registers[i];
                Write(value + i * width, width, instruction.IsWide ? ((ulong*)register)[lane] : ((uint*)register)[lane]);
            }
            if (instruction.IsStrong) Ordering.BeforeStore(warp, instruction, lane, place);
            Accesses.CheckWrite(warp, instruction, lane, place, bytes, value);
            Buffer.MemoryCopy(value, place.Data, bytes, bytes);
            if (place.Space == StateSpace.Global) warp.Block.Grid.Statistics.GlobalBytesWritten += bytes;
        }
        if (instruction.Releases) warp.Block.Tick();
    }

    /// <summary>A parameter of the kernel at a known place: the same for all lanes.</summary>
    public static void LoadParameter(Warp warp, Instruction instruction, uint mask)
    {
        for (int i = 0; i < instruction.Registers.Length; i++)
        {
            byte* from = warp.Block.Grid.Parameters.Memory.Data + instruction.Immediate + i * instruction.Width;
            ulong value = Read(from, instruction.Width, instruction.IsSigned);
            byte* register = warp.Registers + instruction.Registers[i];
            for (int lane = 0; lane < 32; lane++)
            {
                if ((mask >> lane & 1) == 0) continue;
                if (instruction.IsWide) ((ulong*)register)[lane] = value;
                else ((uint*)register)[lane] = instruction.IsNarrow ? (ushort)value : (uint)value;
            }
        }
    }

    /// <summary>Bytes of one thread's local memory from one place to another: the arguments and results of a call.</summary>
    public static void CopyLocal(Warp warp, Instruction instruction, uint mask)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            byte* local = warp.Local!.Data + (long)lane * warp.LocalStride;
            Buffer.MemoryCopy(local + instruction.A, local + instruction.D, instruction.Width, instruction.Width);
            warp.Local.Written.Set((long)lane * warp.LocalStride + instruction.D, instruction.Width);
        }
    }

    public static ulong Read(byte* from, int width, bool isSigned) => width switch
    {
        1 => isSigned ? (ulong)*(sbyte*)from : *from,
        2 => isSigned ? (ulong)*(short*)from : *(ushort*)from,
        4 => isSigned ? (ulong)*(int*)from : *(uint*)from,
        _ => *(ulong*)from,
    };

    public static void Write(byte* to, int width, ulong value)
    {
        switch (width)
        {
            case 1: *to = (byte)value; break;
            case 2: *(ushort*)to = (ushort)value; break;
            case 4: *(uint*)to = (uint)value; break;
            default: *(ulong*)to = value; break;
        }
    }
}
