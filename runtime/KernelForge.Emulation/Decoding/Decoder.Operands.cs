using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

internal sealed unsafe partial class Decoder
{
    /// <summary>Offset of an operand that is read as a type.</summary>
    private int Source(PtxInstruction source, Operand operand, ScalarType type)
    {
        bool wide = RegisterFile.IsWide(type);
        switch (operand)
        {
            case RegisterOperand { Register: var register }:
                if (register.Type == ScalarType.Pred || RegisterFile.IsWide(register.Type) != wide) throw Unknown(source);
                return registers.Of(register);
            case ImmediateOperand immediate: return registers.Constant(Bits(immediate, type), wide);
            case SpecialOperand special when SpecialRegisters.IsKnown(special.Name) && !wide: return registers.Special(special.Name);
            case AddressOperand address: return registers.Constant(AddressOf(source, address), wide);
            default: throw Unknown(source);
        }
    }

    private int Source(PtxInstruction source, int index, ScalarType type) => Source(source, source.Operands[index], type);

    /// <summary>Offset of a register that is written as a type.</summary>
    private int Target(PtxInstruction source, Operand operand, ScalarType type) =>
        operand is RegisterOperand { Register: var register } && register.Type != ScalarType.Pred
            && RegisterFile.IsWide(register.Type) == RegisterFile.IsWide(type)
            ? registers.Of(register)
            : throw Unknown(source);

    private (int Offset, bool Negated) Predicate(PtxInstruction source, Operand operand) => operand switch
    {
        RegisterOperand { Register.Type: ScalarType.Pred } register => (registers.Of(register.Register), register.Negated),
        ImmediateOperand immediate => (registers.Predicate(immediate.Bits != 0), false),
        _ => throw Unknown(source),
    };

    private int PredicateTarget(PtxInstruction source, Operand operand) => Predicate(source, operand).Offset;

    private static ulong Bits(ImmediateOperand immediate, ScalarType type)
    {
        ulong bits = immediate.Bits;
        if (immediate.Float == ScalarType.F64 && type.Bytes() == 4)
            bits = BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(bits));
        return type.Bytes() switch { 1 or 2 => (ushort)bits, 4 => (uint)bits, _ => bits };
    }

    /// <summary>The address of a variable in its own space.</summary>
    private ulong AddressOf(PtxInstruction source, AddressOperand operand)
    {
        PtxVariable variable = operand.Variable;
        ulong start =
            shared.Holds(variable) ? shared.AddressOf(variable)
            : locals.TryGetValue(variable, out int local) ? AddressSpace.LocalBase + (ulong)local
            : parameters.Holds(variable) ? AddressSpace.ParameterBase + (ulong)parameters[variable]
            : globals.TryGetValue(variable, out Allocation? allocation) ? allocation.Address
            : throw new PtxException(source.Line, $"'{variable.Name}' has no address here");
        return start + (ulong)operand.Offset;
    }

    /// <summary>Fills in the address of a memory operand: a register and an offset.</summary>
    private void Address(Instruction instruction, Operand operand)
    {
        if (operand is not MemoryOperand { Base: var address, Offset: var offset }) throw Unknown(instruction.Source);
        instruction.Immediate = offset;
        switch (address)
        {
            case RegisterOperand { Register: var register }:
                instruction.A = registers.Of(register);
                instruction.IsWideAddress = RegisterFile.IsWide(register.Type);
                break;
            case AddressOperand or ImmediateOperand:
                instruction.A = Source(instruction.Source, address, ScalarType.B64);
                instruction.IsWideAddress = true;
                break;
            default: throw Unknown(instruction.Source);
        }
    }

    private static StateSpace SpaceOf(PtxInstruction source)
    {
        foreach (string modifier in source.Modifiers)
            if (StateSpaces.TryParse(modifier, out StateSpace space)) return space;
        return StateSpace.Generic;
    }

    /// <summary>One operand, or the items of a list.</summary>
    private static ReadOnlySpan<Operand> Items(Operand operand) => operand is ListOperand list ? list.Items.AsSpan() : new[] { operand };

    private static RoundingMode RoundingOf(PtxInstruction source)
    {
        foreach (string modifier in source.Modifiers)
        {
            switch (modifier)
            {
                case "rz" or "rzi": return RoundingMode.Zero;
                case "rm" or "rmi": return RoundingMode.Down;
                case "rp" or "rpi": return RoundingMode.Up;
                case "rna": return RoundingMode.NearestAway;
            }
        }
        return RoundingMode.Nearest;
    }

    private static void Require(PtxInstruction source, bool condition)
    {
        if (!condition) throw Unknown(source);
    }
}
