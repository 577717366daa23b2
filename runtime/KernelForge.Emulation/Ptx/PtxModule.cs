using System.Collections.Immutable;

namespace KernelForge.Emulation.Ptx;

/// <summary>A variable of any space, or a parameter; <see cref="Elements"/> is 0 for an array whose size the launch decides.</summary>
internal sealed class PtxVariable
{
    public required string Name { get; init; }
    public required StateSpace Space { get; init; }
    public required ScalarType Type { get; init; }
    public required int Alignment { get; init; }
    public required int Elements { get; init; }
    public bool IsExternal { get; init; }

    /// <summary>The leading bytes; those that follow are zero.</summary>
    public ImmutableArray<byte> Initial { get; init; } = [];

    public int Bytes => Type.Bytes() * Elements;
}

/// <summary>A place in the CUDA C text, as a <c>.loc</c> names it: the file's number in the module and the line; 0 for none.</summary>
internal readonly record struct SourcePlace(int File, int Line);

/// <summary>One instruction as written, with the place in the CUDA C text that it comes from.</summary>
internal sealed record PtxInstruction(
    int Line, SourcePlace Origin, PtxRegister? Guard, bool GuardNegated, string Opcode, ImmutableArray<Operand> Operands)
{
    private readonly string[] parts = Opcode.Split('.');

    public string Name => parts[0];

    public ReadOnlySpan<string> Modifiers => parts.AsSpan(1);

    public bool Has(string modifier) => Array.IndexOf(parts, modifier, 1) > 0;

    /// <summary>The types among the modifiers, in order.</summary>
    public ImmutableArray<ScalarType> Types { get; } =
        [.. Opcode.Split('.').Skip(1).Select(ScalarTypes.Parse).Where(t => t != ScalarType.None)];
}

internal sealed class PtxFunction
{
    public required string Name { get; init; }
    public required bool IsEntry { get; init; }
    public required ImmutableArray<PtxVariable> Parameters { get; init; }
    public required ImmutableArray<PtxVariable> Results { get; init; }
    public List<PtxInstruction> Instructions { get; } = [];

    /// <summary>Label → index of the instruction that it stands before.</summary>
    public Dictionary<string, int> Labels { get; } = [];

    /// <summary>The label of a <c>.branchtargets</c> → the labels that it lists.</summary>
    public Dictionary<string, ImmutableArray<NameOperand>> BranchTargets { get; } = [];

    /// <summary>Shared, local and parameter variables declared inside.</summary>
    public List<PtxVariable> Variables { get; } = [];

    /// <summary>The only block shape that a launch may have, where the kernel names one.</summary>
    public (int X, int Y, int Z)? RequiredBlock { get; set; }

    public int? MaximumThreads { get; set; }
}

internal sealed class PtxModule
{
    public string Target { get; set; } = "";

    /// <summary>Of the PTX language: <c>9.0</c>.</summary>
    public string Version { get; set; } = "";

    /// <summary>Names of the files that instructions come from, by number.</summary>
    public Dictionary<int, string> Files { get; } = [];

    public List<PtxVariable> Variables { get; } = [];
    public Dictionary<string, PtxFunction> Functions { get; } = [];
}
