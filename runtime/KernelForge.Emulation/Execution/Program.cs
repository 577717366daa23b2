using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>A kernel ready to run, with the functions that it calls behind it.</summary>
internal sealed class Program
{
    public required string Name { get; init; }
    public required PtxFunction Entry { get; init; }

    /// <summary>Names of the files that instructions come from, by number.</summary>
    public required IReadOnlyDictionary<int, string> Files { get; init; }

    public required Instruction[] Code { get; init; }

    /// <summary>What a warp's register file begins as: constants, 32 times each, among zeros.</summary>
    public required byte[] InitialRegisters { get; init; }

    /// <summary>Special registers that stay as they are, and where they lie.</summary>
    public required IReadOnlyList<(string Name, int Offset)> Specials { get; init; }

    public required SharedLayout Shared { get; init; }

    /// <summary>Bytes of a thread's local memory.</summary>
    public required int LocalBytes { get; init; }

    public required IReadOnlyList<LocalVariable> Locals { get; init; }

    public required ParameterLayout Parameters { get; init; }
}

/// <summary>A local variable, or a parameter of a call, in a thread's local memory.</summary>
internal readonly record struct LocalVariable(string Name, int Offset, int Bytes);
