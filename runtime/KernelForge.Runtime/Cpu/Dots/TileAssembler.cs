using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>
/// Writes the machine code of tiles: functions of one argument, the address of a <see cref="TileCall"/>, by the calling convention of
/// Linux on x64. Registers that a caller expects to keep are put back.
/// </summary>
internal static class TileAssembler
{
    /// <summary>The code of a tile of so many rows.</summary>
    public static Assembler Write(DotKind kind, int rows)
    {
        var code = new Assembler(64) { PreferVex = kind.Instruction == DotInstruction.Int8DotAvx };
        if (kind.IsMatrix) WriteMatrix(code, kind, rows > 16);
        else WriteVectors(code, kind, rows);
        return code;
    }

    /// <summary>The bytes of some code for an address.</summary>
    public static byte[] Bytes(Assembler code, ulong address)
    {
        using var stream = new MemoryStream();
        code.Assemble(new StreamCodeWriter(stream), address);
        return stream.ToArray();
    }

    /// <summary>
    /// Two registers of sums a row; of each cell, one broadcast a row and two dots with it. Three rows have one base register, from which
    /// once and twice the stride reach the others.
    /// </summary>
    private static void WriteVectors(Assembler code, DotKind kind, int rows)
    {
        bool wide = kind.VectorBytes == 64;
        int left = wide ? 28 : 12, right = left + 1, broadcast = left + 2;
        AssemblerRegister64[] bases = [rax, rdx, r8, r9, r10];
        AssemblerRegister64 stride = rcx, panel = rsi, cells = r11, call = rdi, ahead = rdi, aheadStep = rbx;

        // Of what a caller expects to keep.
        code.push(aheadStep);
        code.mov(rax, Field(nameof(TileCall.Start)));
        code.mov(stride, Field(nameof(TileCall.StartStride)));
        for (int row = 0; row < rows; row++)
        {
            Load(2 * row, __[rax]);
            Load((2 * row) + 1, __[rax + kind.VectorBytes]);
            if (row + 1 < rows) code.add(rax, stride);
        }
        code.mov(panel, Field(nameof(TileCall.B)));
        code.mov(cells, Field(nameof(TileCall.Cells)));
        code.mov(stride, Field(nameof(TileCall.AStride)));
        code.mov(bases[0], Field(nameof(TileCall.A)));
        for (int i = 1; 3 * i < rows; i++)
        {
            code.lea(bases[i], __[bases[i - 1] + (stride * 2)]);
            code.add(bases[i], stride);
        }
        code.push(call);
        code.mov(aheadStep, Field(nameof(TileCall.AheadStep)));
        code.mov(ahead, Field(nameof(TileCall.Ahead)));

        Label next = code.CreateLabel();
        code.Label(ref next);
        code.prefetcht1(__byte_ptr[ahead]);
        code.prefetcht1(__byte_ptr[ahead + Ahead.Line]);
        Load(left, __[panel]);
        Load(right, __[panel + kind.VectorBytes]);
        for (int row = 0; row < rows; row++)
        {
            AssemblerRegister64 start = bases[row / 3];
            Broadcast((row % 3) switch { 0 => __dword_ptr[start], 1 => __dword_ptr[start + stride], _ => __dword_ptr[start + (stride * 2)] });
            Dot(2 * row, left);
            Dot((2 * row) + 1, right);
        }
        for (int i = 0; 3 * i < rows; i++) Add(code, bases[i], sizeof(int));
        Add(code, panel, 2 * kind.VectorBytes);
        code.add(ahead, aheadStep);
        code.dec(cells);
        code.jnz(next);

        code.pop(call);
        code.mov(rax, Field(nameof(TileCall.Sums)));
        code.mov(stride, Field(nameof(TileCall.SumsStride)));
        for (int row = 0; row < rows; row++)
        {
            Store(__[rax], 2 * row);
            Store(__[rax + kind.VectorBytes], (2 * row) + 1);
            if (row + 1 < rows) code.add(rax, stride);
        }
        code.vzeroupper();
        code.pop(aheadStep);
        code.ret();

        AssemblerMemoryOperand Field(string name) => __qword_ptr[call + (int)Marshal.OffsetOf<TileCall>(name)];

        void Load(int register, AssemblerMemoryOperand from)
        {
            if (wide) code.vmovups(Zmm(register), from);
            else code.vmovups(Ymm(register), from);
        }

        void Store(AssemblerMemoryOperand to, int register)
        {
            if (wide) code.vmovups(to, Zmm(register));
            else code.vmovups(to, Ymm(register));
        }

        void Broadcast(AssemblerMemoryOperand from)
        {
            if (wide) code.vpbroadcastd(Zmm(broadcast), from);
            else code.vpbroadcastd(Ymm(broadcast), from);
        }

        void Dot(int sums, int weights)
        {
            // The first factor is the one without a sign.
            switch (kind.Instruction)
            {
                case DotInstruction.Bf16Dot: code.vdpbf16ps(Zmm(sums), Zmm(broadcast), Zmm(weights)); break;
                case DotInstruction.Int8DotAvx512: code.vpdpbusd(Zmm(sums), Zmm(broadcast), Zmm(weights)); break;
                default: code.vpdpbusd(Ymm(sums), Ymm(broadcast), Ymm(weights)); break;
            }
        }
    }

    /// <summary>
    /// Two registers of 16 columns for each 16 rows (see <see cref="MatrixRegisters"/>), and steps of 16 cells. The registers are given back
    /// at the end, so that the system has nothing to save when it changes threads.
    /// </summary>
    private static void WriteMatrix(Assembler code, DotKind kind, bool twice)
    {
        const int rowOfPanel = 128, step = 16;
        AssemblerRegisterTMM[] sums = twice ? [tmm0, tmm1, tmm2, tmm3] : [tmm0, tmm1], weights = [tmm6, tmm7];
        AssemblerRegister64 first = rax, second = r8, stride = rcx, panel = rsi, panelStride = rdx, cells = r11, call = rdi;

        code.mov(r9, Field(nameof(TileCall.Registers)));
        code.ldtilecfg(__[r9]);
        code.mov(first, Field(nameof(TileCall.Start)));
        code.mov(stride, Field(nameof(TileCall.StartStride)));
        AddressOfSecond();
        for (int i = 0; i < sums.Length; i++) code.tileloadd(sums[i], __[(i < 2 ? first : second) + stride + (i % 2 * 64)]);
        code.mov(panel, Field(nameof(TileCall.B)));
        code.mov(cells, Field(nameof(TileCall.Cells)));
        code.mov(first, Field(nameof(TileCall.A)));
        code.mov(stride, Field(nameof(TileCall.AStride)));
        AddressOfSecond();
        code.mov(panelStride, rowOfPanel);

        Label next = code.CreateLabel();
        code.Label(ref next);
        code.tileloadd(tmm4, __[first + stride]);
        if (twice) code.tileloadd(tmm5, __[second + stride]);
        for (int i = 0; i < 2; i++) code.tileloadd(weights[i], __[panel + panelStride + (i * 64)]);
        for (int i = 0; i < sums.Length; i++) Dot(sums[i], i < 2 ? tmm4 : tmm5, weights[i % 2]);
        Add(code, first, step * sizeof(int));
        if (twice) Add(code, second, step * sizeof(int));
        Add(code, panel, step * rowOfPanel);
        code.sub(cells, step);
        code.jg(next);

        code.mov(first, Field(nameof(TileCall.Sums)));
        code.mov(stride, Field(nameof(TileCall.SumsStride)));
        AddressOfSecond();
        for (int i = 0; i < sums.Length; i++) code.tilestored(__[(i < 2 ? first : second) + stride + (i % 2 * 64)], sums[i]);
        code.tilerelease();
        code.ret();

        AssemblerMemoryOperand Field(string name) => __qword_ptr[call + (int)Marshal.OffsetOf<TileCall>(name)];

        // Sixteen strides further.
        void AddressOfSecond()
        {
            if (!twice) return;
            code.mov(second, stride);
            code.shl(second, 4);
            code.add(second, first);
        }

        void Dot(AssemblerRegisterTMM to, AssemblerRegisterTMM rows, AssemblerRegisterTMM columns)
        {
            if (kind.Instruction == DotInstruction.Bf16Matrix) code.tdpbf16ps(to, rows, columns);
            else code.tdpbusd(to, rows, columns);
        }
    }

    /// <summary>The shortest form; Iced's own for rax has four bytes for any number.</summary>
    private static void Add(Assembler code, AssemblerRegister64 register, int number)
    {
        Code form = number <= sbyte.MaxValue ? Code.Add_rm64_imm8 : Code.Add_rm64_imm32;
        code.AddInstruction(Instruction.Create(form, register, number));
    }

    private static AssemblerRegisterZMM Zmm(int number) => new(Register.ZMM0 + number);

    private static AssemblerRegisterYMM Ymm(int number) => new(Register.YMM0 + number);
}
