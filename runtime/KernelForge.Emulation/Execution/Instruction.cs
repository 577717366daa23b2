using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>How an instruction moves the lanes that execute it.</summary>
internal enum Flow
{
    /// <summary>On to the next instruction.</summary>
    Straight,
    Branch,

    /// <summary>To one of several places.</summary>
    Switch,
    Call,
    Return,
    Exit,

    /// <summary>The kernel gives up: the launch ends.</summary>
    Trap,

    /// <summary>Lanes that a mask names must come together first.</summary>
    Gather,
    Barrier,
}

/// <summary>
/// A decoded instruction. Operands are byte offsets into a warp's register file, constants and special registers among them, so that
/// every operand is read the same way.
/// </summary>
internal sealed unsafe class Instruction
{
    public required PtxInstruction Source { get; init; }

    /// <summary>Its number in the program.</summary>
    public int Place { get; set; }

    public Flow Flow { get; set; }

    /// <summary>What it does to the lanes of a mask.</summary>
    public delegate*<Warp, Instruction, uint, void> Run { get; set; }

    /// <summary>Offset of the predicate that must hold, or -1.</summary>
    public int Guard { get; set; } = -1;

    public bool GuardNegated { get; set; }

    public int D { get; set; }
    public int A { get; set; }
    public int B { get; set; }
    public int C { get; set; }

    /// <summary>A further operand or result: a predicate, a mask.</summary>
    public int E { get; set; } = -1;

    /// <summary>Its predicate operand counts negated.</summary>
    public bool Negated { get; set; }

    /// <summary>All lanes of the warp must execute it together.</summary>
    public bool IsAligned { get; set; }

    /// <summary>A vector's registers, and the matrices' one after another; of a switch the places.</summary>
    public int[] Registers { get; set; } = [];

    public long Immediate { get; set; }

    public int Target { get; set; }

    /// <summary>Of a memory access.</summary>
    public StateSpace Space { get; set; }

    /// <summary>Bytes of one element in memory.</summary>
    public int Width { get; set; }

    public bool IsSigned { get; set; }

    /// <summary>Whether the registers of a memory access have 64 bits.</summary>
    public bool IsWide { get; set; }

    /// <summary>Whether the registers of a load have 16 bits.</summary>
    public bool IsNarrow { get; set; }

    /// <summary>Whether its address is a 64-bit register.</summary>
    public bool IsWideAddress { get; set; }

    /// <summary>Atomic or volatile: never races with another such.</summary>
    public bool IsStrong { get; set; }

    public bool Acquires { get; set; }
    public bool Releases { get; set; }

    /// <summary>Its acquire or release reaches its own block only.</summary>
    public bool BlockScope { get; set; }

    public ScalarType Type { get; set; }

    public Conversions.Recipe? Conversion { get; set; }

    /// <summary>Of an mma.</summary>
    public MatrixShape? Product { get; set; }

    /// <summary>A read through the path that never sees this kernel's own writes.</summary>
    public bool NonCoherent { get; set; }

    /// <summary>The global allocation that the last access fell into.</summary>
    public Allocation? Last { get; set; }

    public string Text => Source.Opcode;
}
