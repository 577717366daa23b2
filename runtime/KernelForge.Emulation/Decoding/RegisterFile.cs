using System.Buffers.Binary;
using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

/// <summary>
/// Lays out a warp's register file: 32 lanes of 4 or 8 bytes a register, one 32-bit word a predicate, and constants and special registers
/// as if they were registers that somebody has filled.
/// </summary>
internal sealed class RegisterFile
{
    private readonly Dictionary<PtxRegister, int> registers = [];
    private readonly Dictionary<string, int> specials = [];
    private readonly Dictionary<(ulong Bits, bool Wide), int> constants = [];
    private readonly Dictionary<bool, int> predicateConstants = [];
    private int? carry;
    private int? sink;

    public int Bytes { get; private set; }

    public IReadOnlyList<(string Name, int Offset)> Specials => [.. specials.Select(s => (s.Key, s.Value))];

    /// <summary>Where a predicate that holds the carry lies.</summary>
    public int Carry => carry ??= Reserve(4);

    /// <summary>A register for results that nobody takes.</summary>
    public int Sink => sink ??= Reserve(256);

    public static bool IsWide(ScalarType type) => type.Bytes() == 8;

    public int Of(PtxRegister register)
    {
        if (registers.TryGetValue(register, out int offset)) return offset;
        return registers[register] = Reserve(register.Type == ScalarType.Pred ? 4 : IsWide(register.Type) ? 256 : 128);
    }

    public int Special(string name) => specials.TryGetValue(name, out int offset) ? offset : specials[name] = Reserve(128);

    public int Constant(ulong bits, bool wide)
    {
        if (!wide) bits = (uint)bits;
        if (constants.TryGetValue((bits, wide), out int offset)) return offset;
        return constants[(bits, wide)] = Reserve(wide ? 256 : 128);
    }

    public int Predicate(bool holds) =>
        predicateConstants.TryGetValue(holds, out int offset) ? offset : predicateConstants[holds] = Reserve(4);

    /// <summary>What a warp's register file holds before its first instruction, special registers excepted.</summary>
    public byte[] Image()
    {
        byte[] image = new byte[Bytes];
        foreach (((ulong bits, bool wide), int offset) in constants)
        {
            for (int lane = 0; lane < 32; lane++)
            {
                if (wide) BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(offset + 8 * lane), bits);
                else BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(offset + 4 * lane), (uint)bits);
            }
        }
        if (predicateConstants.TryGetValue(true, out int all)) BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(all), Warp.All);
        return image;
    }

    // Vectors start at multiples of 64; a predicate needs four bytes only.
    private int Reserve(int bytes)
    {
        int alignment = bytes >= 64 ? 64 : 4;
        int offset = (Bytes + alignment - 1) / alignment * alignment;
        Bytes = offset + bytes;
        return offset;
    }
}
