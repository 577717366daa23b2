using System.Collections.Immutable;
using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

internal sealed unsafe partial class Decoder
{
    private void Load(PtxInstruction source)
    {
        ScalarType type = source.Types[^1];
        StateSpace space = SpaceOf(source);
        bool isEntryParameter = space == StateSpace.Parameter && source.Operands[1] is MemoryOperand { Base: AddressOperand { Variable: var v } }
            && parameters.Holds(v);
        Instruction instruction = Emit(source, isEntryParameter ? &LoadStore.LoadParameter : &LoadStore.Load);
        instruction.Width = type.Bytes();
        instruction.IsSigned = type.IsSigned();
        (instruction.Registers, instruction.IsWide, instruction.IsNarrow) = LoadTargets(source, source.Operands[0]);
        if (isEntryParameter)
        {
            var operand = (MemoryOperand)source.Operands[1];
            var address = (AddressOperand)operand.Base;
            instruction.Immediate = parameters[address.Variable] + address.Offset + operand.Offset;
            return;
        }
        Address(instruction, source.Operands[1]);
        instruction.Space = EffectiveSpace(space, source.Operands[1]);
        instruction.NonCoherent = source.Has("nc");
        Strength(instruction);
    }

    private (int[] Registers, bool IsWide, bool IsNarrow) LoadTargets(PtxInstruction source, Operand operand)
    {
        ReadOnlySpan<Operand> items = Items(operand);
        int[] offsets = new int[items.Length];
        var type = ScalarType.None;
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i] is SinkOperand)
            {
                offsets[i] = registers.Sink;
                continue;
            }
            if (items[i] is not RegisterOperand { Register: var register } || register.Type == ScalarType.Pred) throw Unknown(source);
            offsets[i] = registers.Of(register);
            type = register.Type;
        }
        return (offsets, RegisterFile.IsWide(type), type.Bytes() == 2);
    }

    private void Store(PtxInstruction source)
    {
        ScalarType type = source.Types[^1];
        Instruction instruction = Emit(source, &LoadStore.Store);
        instruction.Width = type.Bytes();
        StateSpace space = SpaceOf(source);
        Address(instruction, source.Operands[0]);
        instruction.Space = EffectiveSpace(space, source.Operands[0]);
        ReadOnlySpan<Operand> items = Items(source.Operands[1]);
        instruction.IsWide = RegisterFile.IsWide(type);
        foreach (Operand item in items)
            if (item is RegisterOperand { Register.Type: var held }) instruction.IsWide = RegisterFile.IsWide(held);
        int[] offsets = new int[items.Length];
        for (int i = 0; i < items.Length; i++) offsets[i] = Source(source, items[i], instruction.IsWide ? ScalarType.B64 : ScalarType.B32);
        instruction.Registers = offsets;
        Strength(instruction);
    }

    // Parameters of calls live in local memory, those of the kernel in memory of their own at a known address.
    private StateSpace EffectiveSpace(StateSpace space, Operand operand) =>
        space != StateSpace.Parameter ? space
        : operand is MemoryOperand { Base: AddressOperand { Variable: var variable } } && locals.ContainsKey(variable) ? StateSpace.Local
        : StateSpace.Parameter;

    private static void Strength(Instruction instruction)
    {
        PtxInstruction source = instruction.Source;
        instruction.Acquires = source.Has("acquire") || source.Has("acq_rel");
        instruction.Releases = source.Has("release") || source.Has("acq_rel");
        instruction.BlockScope = source.Has("cta");
        instruction.IsStrong = instruction.Acquires || instruction.Releases || source.Has("relaxed") || source.Has("volatile") || source.Has("mmio");
    }

    private void Atomic(PtxInstruction source)
    {
        Require(source, source.Types.Length == 1 && !source.Has("v2") && !source.Has("v4") && !source.Has("v8"));
        ScalarType type = source.Types[0];
        bool reduces = source.Name == "red";
        Instruction instruction = Emit(source, &Atomics.Run);
        ImmutableArray<Operand> operands = reduces ? source.Operands : source.Operands.RemoveAt(0);
        instruction.Type = type;
        instruction.Width = type.Bytes();
        instruction.IsWide = RegisterFile.IsWide(type);
        instruction.D = reduces || source.Operands[0] is SinkOperand ? -1 : Target(source, source.Operands[0], type);
        Address(instruction, operands[0]);
        instruction.Space = SpaceOf(source);
        instruction.B = Source(source, operands[1], type);
        instruction.C = operands.Length > 2 ? Source(source, operands[2], type) : -1;
        instruction.Target = (int)KindOf(source);
        Require(source, (instruction.C >= 0) == (instruction.Target == (int)AtomicKind.CompareAndSwap));
        Strength(instruction);
        instruction.IsStrong = true;
    }

    private static AtomicKind KindOf(PtxInstruction source)
    {
        foreach (string modifier in source.Modifiers)
        {
            switch (modifier)
            {
                case "add": return AtomicKind.Add;
                case "min": return AtomicKind.Minimum;
                case "max": return AtomicKind.Maximum;
                case "and": return AtomicKind.And;
                case "or": return AtomicKind.Or;
                case "xor": return AtomicKind.Xor;
                case "exch": return AtomicKind.Exchange;
                case "cas": return AtomicKind.CompareAndSwap;
                case "inc": return AtomicKind.Increment;
                case "dec": return AtomicKind.Decrement;
            }
        }
        throw Unknown(source);
    }

    private void Fence(PtxInstruction source)
    {
        // Fences between proxies and of barrier initialisation order nothing that is followed here.
        if (source.Has("proxy") || source.Has("mbarrier_init")) return;
        Emit(source, &Ordering.Fence).BlockScope = source.Has("cta");
    }

    private void Copy(PtxInstruction source)
    {
        if (source.Has("commit_group")) Emit(source, &AsyncCopyOperations.Commit);
        else if (source.Has("wait_all")) Emit(source, &AsyncCopyOperations.WaitAll);
        else if (source.Has("wait_group"))
        {
            Require(source, source.Operands is [ImmediateOperand]);
            Emit(source, &AsyncCopyOperations.WaitGroup).Immediate = (long)((ImmediateOperand)source.Operands[0]).Bits;
        }
        else if (source.Has("ca") || source.Has("cg"))
        {
            Require(source, source.Operands is [MemoryOperand, MemoryOperand, ImmediateOperand, ..]);
            Instruction instruction = Emit(source, &AsyncCopyOperations.Start);
            Address(instruction, source.Operands[0]);
            var from = (MemoryOperand)source.Operands[1];
            instruction.B = Source(source, from.Base, ScalarType.U64);
            instruction.Target = (int)from.Offset;
            instruction.Width = (int)((ImmediateOperand)source.Operands[2]).Bits;
            instruction.C = -1;
            int last = source.Operands.Length - (source.Has("L2::cache_hint") ? 1 : 0); // a policy of the cache changes no result
            if (last == 4 && source.Operands[3] is RegisterOperand { Register.Type: ScalarType.Pred } ignored)
                (instruction.E, instruction.Negated) = Predicate(source, ignored);
            else if (last == 4) instruction.C = Source(source, 3, ScalarType.U32);
            Require(source, last is 3 or 4);
        }
        else throw Unknown(source);
    }

    // There is no cache: any policy is as good as another.
    private void Policy(PtxInstruction source)
    {
        Instruction instruction = Emit(source, &Vectors.Move<ulong>);
        instruction.D = Target(source, source.Operands[0], ScalarType.B64);
        instruction.A = registers.Constant(0, wide: true);
    }
}
