using System.Collections.Immutable;

namespace KernelForge.Emulation.Ptx;

/// <summary>A declared register; identity matters, for an inner scope may declare the same name again.</summary>
internal sealed class PtxRegister(string name, ScalarType type)
{
    public string Name { get; } = name;
    public ScalarType Type { get; } = type;
}

internal abstract record Operand;

/// <summary><c>%r1</c>, or <c>!%p1</c> where negated.</summary>
internal sealed record RegisterOperand(PtxRegister Register, bool Negated = false) : Operand;

/// <summary><c>%tid.x</c> and the like.</summary>
internal sealed record SpecialOperand(string Name) : Operand;

/// <summary>An integer, or the bits of a float written as <c>0f…</c>, <c>0d…</c> or with a point.</summary>
internal sealed record ImmediateOperand(ulong Bits, ScalarType Float) : Operand;

/// <summary>The address of a variable.</summary>
internal sealed record AddressOperand(PtxVariable Variable, long Offset) : Operand;

/// <summary>A label or a function: a name that is no register and no variable; labels are looked up from its scope once all are known.</summary>
internal sealed record NameOperand(string Name, Scope Scope) : Operand;

/// <summary><c>{%r1, %r2}</c>, or the parenthesised lists of a call.</summary>
internal sealed record ListOperand(ImmutableArray<Operand> Items) : Operand;

/// <summary><c>[base + offset]</c>.</summary>
internal sealed record MemoryOperand(Operand Base, long Offset) : Operand;

/// <summary><c>%r1|%p1</c>.</summary>
internal sealed record PairOperand(Operand First, Operand Second) : Operand;

/// <summary><c>_</c>: a result that nobody takes.</summary>
internal sealed record SinkOperand : Operand;
