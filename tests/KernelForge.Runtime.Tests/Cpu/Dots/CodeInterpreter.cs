using System.Runtime.InteropServices;
using Iced.Intel;

namespace KernelForge.Runtime.Tests.Cpu.Dots;

/// <summary>
/// Runs the machine code of tiles one instruction after another, as the processor's manual says what they do: also those that this machine
/// does not have. Addresses are the process's own.
/// </summary>
internal sealed unsafe class CodeInterpreter
{
    private const int TileRows = 16, TileRowBytes = 64;

    private readonly ulong[] registers = new ulong[16];
    private readonly byte[][] vectors = [.. Enumerable.Range(0, 32).Select(_ => new byte[64])];
    private readonly byte[][] tiles = [.. Enumerable.Range(0, 8).Select(_ => new byte[TileRows * TileRowBytes])];
    private readonly (int Rows, int Bytes)[] shapes = new (int, int)[8];
    private readonly Stack<ulong> stack = [];
    private long compared;

    /// <summary>Whether AMX's registers were taken and not given back.</summary>
    public bool HoldsTiles { get; private set; }

    /// <summary>Calls a function of one argument.</summary>
    public void Call(byte[] code, int entry, void* argument)
    {
        var instructions = new Dictionary<ulong, Instruction>();
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code, entry, code.Length - entry));
        Instruction last;
        do
        {
            last = decoder.Decode();
            instructions.Add(last.IP, last);
        }
        while (last.Mnemonic != Mnemonic.Ret);

        Register[] kept = [Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15];
        foreach (Register register in kept) Set(register, (ulong)register + 1000);
        Set(Register.RDI, (ulong)argument);
        for (ulong at = 0; instructions[at] is { Mnemonic: not Mnemonic.Ret } instruction;)
            at = Step(instruction) ? instruction.NearBranchTarget : instruction.NextIP;
        Assert.Empty(stack);
        foreach (Register register in kept) Assert.Equal((ulong)register + 1000, Get(register));
    }

    /// <summary>Does what an instruction says; true where it jumps.</summary>
    private bool Step(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Mov when i.Op1Kind == OpKind.Memory: Set(i.Op0Register, *(ulong*)Address(i)); break;
            case Mnemonic.Mov: Set(i.Op0Register, Value(i)); break;
            case Mnemonic.Lea: Set(i.Op0Register, (ulong)Address(i)); break;
            case Mnemonic.Add: Set(i.Op0Register, Get(i.Op0Register) + Value(i)); break;
            case Mnemonic.Shl: Set(i.Op0Register, Get(i.Op0Register) << (int)i.GetImmediate(1)); break;
            case Mnemonic.Sub: Set(i.Op0Register, (ulong)(compared = (long)(Get(i.Op0Register) - Value(i)))); break;
            case Mnemonic.Dec: Set(i.Op0Register, (ulong)(compared = (long)Get(i.Op0Register) - 1)); break;
            case Mnemonic.Push: stack.Push(Get(i.Op0Register)); break;
            case Mnemonic.Pop: Set(i.Op0Register, stack.Pop()); break;
            case Mnemonic.Prefetcht1: _ = Address(i); break;
            case Mnemonic.Jne: return compared != 0;
            case Mnemonic.Jg: return compared > 0;
            case Mnemonic.Vmovups when i.Op0Kind == OpKind.Memory:
                Vector(i.Op1Register).CopyTo(new Span<byte>(Address(i), i.Op1Register.GetSize()));
                break;
            case Mnemonic.Vmovups:
                Vector(i.Op0Register).Clear();
                new Span<byte>(Address(i), i.Op0Register.GetSize()).CopyTo(Vector(i.Op0Register));
                break;
            case Mnemonic.Vpbroadcastd: MemoryMarshal.Cast<byte, int>(Vector(i.Op0Register)).Fill(*(int*)Address(i)); break;
            case Mnemonic.Vdpbf16ps: Dots(Vector(i.Op0Register), Vector(i.Op1Register), Vector(i.Op2Register), DotOfHalves); break;
            case Mnemonic.Vpdpbusd: Dots(Vector(i.Op0Register), Vector(i.Op1Register), Vector(i.Op2Register), DotOfBytes); break;
            case Mnemonic.Vzeroupper: break;
            case Mnemonic.Ldtilecfg: Configure((byte*)Address(i)); break;
            case Mnemonic.Tilerelease: HoldsTiles = false; break;
            case Mnemonic.Tileloadd: Load(Tile(i.Op0Register), i); break;
            case Mnemonic.Tilestored: Store(Tile(i.Op1Register), i); break;
            case Mnemonic.Tdpbf16ps: Product(i, DotOfHalves); break;
            case Mnemonic.Tdpbusd: Product(i, DotOfBytes); break;
            default: throw new NotSupportedException($"the interpreter has no {i.Mnemonic}");
        }
        return false;
    }

    private delegate int Dot(int sum, int a, int b);

    private static int DotOfHalves(int sum, int a, int b)
    {
        float lower = MathF.FusedMultiplyAdd(Lower(a), Lower(b), BitConverter.Int32BitsToSingle(sum));
        return BitConverter.SingleToInt32Bits(MathF.FusedMultiplyAdd(Upper(a), Upper(b), lower));

        static float Lower(int cell) => BitConverter.Int32BitsToSingle(cell << 16);
        static float Upper(int cell) => BitConverter.Int32BitsToSingle(cell & unchecked((int)0xffff0000));
    }

    private static int DotOfBytes(int sum, int a, int b)
    {
        for (int shift = 0; shift < 32; shift += 8) sum += (byte)(a >> shift) * (sbyte)(b >> shift);
        return sum;
    }

    private static void Dots(Span<byte> sums, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Dot dot)
    {
        Span<int> to = MemoryMarshal.Cast<byte, int>(sums);
        ReadOnlySpan<int> left = MemoryMarshal.Cast<byte, int>(a), right = MemoryMarshal.Cast<byte, int>(b);
        for (int lane = 0; lane < to.Length; lane++) to[lane] = dot(to[lane], left[lane], right[lane]);
    }

    /// <summary>Sums [m, n], a [m, k] and b [k, n], each element a cell; the shapes come from the registers' configuration.</summary>
    private void Product(in Instruction i, Dot dot)
    {
        (int rows, int bytes) = Shape(i.Op0Register);
        Assert.Equal(rows, Shape(i.Op1Register).Rows);
        Assert.Equal(bytes, Shape(i.Op2Register).Bytes);
        int steps = Shape(i.Op1Register).Bytes / sizeof(int);
        Assert.Equal(steps, Shape(i.Op2Register).Rows);
        for (int m = 0; m < rows; m++)
        {
            Span<int> sums = Row(i.Op0Register, m), a = Row(i.Op1Register, m);
            for (int k = 0; k < steps; k++)
            {
                Span<int> b = Row(i.Op2Register, k);
                for (int n = 0; n < bytes / sizeof(int); n++) sums[n] = dot(sums[n], a[k], b[n]);
            }
        }
    }

    private void Configure(byte* memory)
    {
        Assert.Equal(1, memory[0]);
        for (int tile = 0; tile < 8; tile++)
        {
            shapes[tile] = (memory[48 + tile], *(ushort*)(memory + 16 + (2 * tile)));
            Assert.InRange(shapes[tile].Rows, 0, TileRows);
            Assert.InRange(shapes[tile].Bytes, 0, TileRowBytes);
            Assert.Equal(shapes[tile].Rows == 0, shapes[tile].Bytes == 0);
            Array.Clear(tiles[tile]);
        }
        HoldsTiles = true;
    }

    private void Load(int tile, in Instruction i)
    {
        (int rows, int bytes) = Shape(tile);
        Array.Clear(tiles[tile]);
        for (int row = 0; row < rows; row++)
            new Span<byte>(RowAddress(i, row), bytes).CopyTo(tiles[tile].AsSpan(row * TileRowBytes));
    }

    private void Store(int tile, in Instruction i)
    {
        (int rows, int bytes) = Shape(tile);
        for (int row = 0; row < rows; row++)
            tiles[tile].AsSpan(row * TileRowBytes, bytes).CopyTo(new Span<byte>(RowAddress(i, row), bytes));
    }

    private (int Rows, int Bytes) Shape(Register register) => Shape(Tile(register));

    private (int Rows, int Bytes) Shape(int tile)
    {
        Assert.True(HoldsTiles && shapes[tile].Rows > 0, $"tile {tile} is used without a shape");
        return shapes[tile];
    }

    private Span<int> Row(Register register, int row) =>
        MemoryMarshal.Cast<byte, int>(tiles[Tile(register)].AsSpan(row * TileRowBytes, TileRowBytes));

    /// <summary>The index is the distance of rows.</summary>
    private byte* RowAddress(in Instruction i, int row) =>
        (byte*)(Get(i.MemoryBase) + i.MemoryDisplacement64 + ((ulong)row * Get(i.MemoryIndex) * (ulong)i.MemoryIndexScale));

    private void* Address(in Instruction i)
    {
        ulong index = i.MemoryIndex == Register.None ? 0 : Get(i.MemoryIndex) * (ulong)i.MemoryIndexScale;
        return (void*)(Get(i.MemoryBase) + index + i.MemoryDisplacement64);
    }

    private Span<byte> Vector(Register register) =>
        vectors[register.IsZMM() ? register - Register.ZMM0 : register - Register.YMM0].AsSpan(0, register.GetSize());

    private ulong Value(in Instruction i) => i.Op1Kind == OpKind.Register ? Get(i.Op1Register) : i.GetImmediate(1);

    private ulong Get(Register register) => registers[Number(register)];

    private void Set(Register register, ulong value) => registers[Number(register)] = register.GetSize() == 4 ? (uint)value : value;

    private static int Number(Register register) => register.GetFullRegister() - Register.RAX;

    private static int Tile(Register register) => register - Register.TMM0;
}
