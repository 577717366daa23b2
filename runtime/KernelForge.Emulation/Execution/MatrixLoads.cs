namespace KernelForge.Emulation.Execution;

/// <summary>ldmatrix: eight rows of 16 bytes a matrix, whose addresses eight lanes give; each lane gets two neighbouring elements of each matrix.</summary>
internal static unsafe class MatrixLoads
{
    public static void Load(Warp warp, Instruction instruction, uint mask)
    {
        ushort* rows = stackalloc ushort[64];
        for (int matrix = 0; matrix < instruction.Registers.Length; matrix++)
        {
            for (int row = 0; row < 8; row++)
            {
                int lane = 8 * matrix + row;
                ulong address = Accesses.AddressOf(warp, instruction, lane);
                bool found = Accesses.Resolve(warp, instruction, lane, address, instruction.Space, 16, isWrite: false, out Place place);
                if (found) Accesses.CheckRead(warp, instruction, lane, place, 16);
                var target = new Span<byte>(rows + 8 * row, 16);
                if (found) new ReadOnlySpan<byte>(place.Data, 16).CopyTo(target);
                else target.Clear();
            }
            uint* register = (uint*)(warp.Registers + instruction.Registers[matrix]);
            for (int lane = 0; lane < 32; lane++)
            {
                if (!Lanes.Has(mask, lane)) continue;
                int line = lane / 4, pair = 2 * (lane % 4);
                register[lane] = instruction.Negated
                    ? rows[8 * pair + line] | (uint)rows[8 * (pair + 1) + line] << 16
                    : rows[8 * line + pair] | (uint)rows[8 * line + pair + 1] << 16;
            }
        }
    }

    /// <summary>movmatrix: a matrix that lies in the lanes' registers, row by row, becomes its transpose.</summary>
    public static void Transpose(Warp warp, Instruction instruction, uint mask)
    {
        ushort* from = stackalloc ushort[64];
        new ReadOnlySpan<byte>(warp.Registers + instruction.A, 128).CopyTo(new Span<byte>(from, 128));
        uint* to = (uint*)(warp.Registers + instruction.D);
        for (int lane = 0; lane < 32; lane++)
        {
            if (!Lanes.Has(mask, lane)) continue;
            int line = lane / 4, pair = 2 * (lane % 4);
            to[lane] = from[8 * pair + line] | (uint)from[8 * (pair + 1) + line] << 16;
        }
    }
}
