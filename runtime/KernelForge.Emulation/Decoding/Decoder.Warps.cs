using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

/// <summary>Barriers and what the lanes of a warp do together.</summary>
internal sealed unsafe partial class Decoder
{
    private void BlockBarrier(PtxInstruction source)
    {
        if (source.Has("warp"))
        {
            Gathers(source, &Ordering.SyncWarp, source.Operands[0]);
            return;
        }
        Require(source, !source.Has("cluster"));
        Instruction instruction = Emit(source, Flow.Barrier);
        instruction.IsAligned = source.Name == "bar" || source.Has("aligned");
        bool reduces = source.Has("red");
        instruction.Immediate = (long)(source.Has("arrive") ? BarrierKind.Arrive
            : !reduces ? BarrierKind.Sync
            : source.Has("popc") ? BarrierKind.Popc
            : source.Has("and") ? BarrierKind.And : BarrierKind.Or);
        int at = 0;
        if (reduces)
        {
            instruction.D = source.Has("popc") ? Target(source, source.Operands[0], ScalarType.U32) : PredicateTarget(source, source.Operands[0]);
            at = 1;
            (instruction.C, instruction.Negated) = Predicate(source, source.Operands[^1]);
        }
        int count = source.Operands.Length - at - (reduces ? 1 : 0);
        Require(source, count is 1 or 2);
        instruction.A = Source(source, at, ScalarType.U32);
        instruction.B = count == 2 ? Source(source, at + 1, ScalarType.U32) : -1;
    }

    private Instruction Gathers(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, Operand? members)
    {
        Instruction instruction = Emit(source, Flow.Gather);
        instruction.Run = run;
        instruction.Target = -1;
        instruction.E = members is null ? -1 : Source(source, members, ScalarType.B32);
        return instruction;
    }

    private void Exchange(PtxInstruction source)
    {
        if (source.Name == "activemask")
        {
            Emit(source, &Exchanges.ActiveMask).D = Target(source, source.Operands[0], ScalarType.B32);
            return;
        }
        Require(source, source.Has("sync"));
        Operand result = source.Operands[0], second = new SinkOperand();
        if (result is PairOperand pair) (result, second) = (pair.First, pair.Second);
        Instruction instruction = Gathers(source, source.Name switch
        {
            "shfl" => &Exchanges.Shuffle,
            "vote" => &Exchanges.Vote,
            "redux" => &Exchanges.Reduce,
            _ => source.Types[0].Bytes() == 8 ? &Exchanges.Match<ulong> : &Exchanges.Match<uint>,
        }, source.Operands[^1]);
        if (second is not SinkOperand) instruction.Target = PredicateTarget(source, second);
        switch (source.Name)
        {
            case "shfl":
                instruction.D = Target(source, result, ScalarType.B32);
                instruction.A = Source(source, 1, ScalarType.B32);
                instruction.B = Source(source, 2, ScalarType.B32);
                instruction.C = Source(source, 3, ScalarType.B32);
                instruction.Immediate = (long)(source.Has("up") ? ShuffleMode.Up : source.Has("down") ? ShuffleMode.Down
                    : source.Has("bfly") ? ShuffleMode.Butterfly : ShuffleMode.Index);
                break;
            case "vote":
                bool ballot = source.Has("ballot");
                instruction.D = ballot ? Target(source, result, ScalarType.B32) : PredicateTarget(source, result);
                (instruction.A, instruction.Negated) = Predicate(source, source.Operands[1]);
                instruction.Immediate = ballot ? 3 : source.Has("all") ? 0 : source.Has("any") ? 1 : 2;
                break;
            case "match":
                instruction.D = Target(source, result, ScalarType.B32);
                instruction.A = Source(source, 1, source.Types[0]);
                instruction.Immediate = source.Has("all") ? 1 : 0;
                break;
            default:
                instruction.D = Target(source, result, ScalarType.B32);
                instruction.A = Source(source, 1, ScalarType.B32);
                instruction.IsSigned = source.Types[0].IsSigned();
                instruction.Immediate = Array.FindIndex(["add", "min", "max", "and", "or", "xor"], source.Has);
                break;
        }
    }

    private void MemoryBarrier(PtxInstruction source)
    {
        Require(source, source.Has("shared") || source.Has("shared::cta"));
        string kind = source.Modifiers[0];
        bool tests = kind is "test_wait" or "try_wait";
        Instruction instruction = Emit(source, kind switch
        {
            "init" => &MemoryBarriers.Initialise,
            "inval" => &MemoryBarriers.Invalidate,
            "arrive" when !source.Has("expect_tx") && !source.Has("noComplete") => &MemoryBarriers.Arrive,
            "test_wait" or "try_wait" => &MemoryBarriers.Test,
            _ => throw Unknown(source),
        });
        bool hasResult = tests || kind == "arrive";
        Address(instruction, source.Operands[hasResult ? 1 : 0]);
        int operand = hasResult ? 2 : 1;
        instruction.Negated = source.Has("parity");
        instruction.B = source.Operands.Length <= operand ? -1
            : Source(source, operand, tests && !instruction.Negated ? ScalarType.B64 : ScalarType.B32);
        instruction.D = tests ? PredicateTarget(source, source.Operands[0])
            : !hasResult || source.Operands[0] is SinkOperand ? -1
            : Target(source, source.Operands[0], ScalarType.B64);
        instruction.IsStrong = kind is not ("init" or "inval");
    }

    private void Matrix(PtxInstruction source)
    {
        if (source.Name == "ldmatrix")
        {
            Require(source, source.Has("m8n8") && source.Has("b16"));
            Instruction load = Gathers(source, &MatrixLoads.Load, null);
            load.Registers = LoadTargets(source, source.Operands[0]).Registers;
            Address(load, source.Operands[1]);
            load.Space = SpaceOf(source);
            load.Negated = source.Has("trans");
            return;
        }
        if (source.Name == "movmatrix")
        {
            Require(source, source.Has("m8n8") && source.Has("trans") && source.Has("b16"));
            Instruction transpose = Gathers(source, &MatrixLoads.Transpose, null);
            transpose.D = Target(source, source.Operands[0], ScalarType.B32);
            transpose.A = Source(source, 1, ScalarType.B32);
            return;
        }
        Require(source, source.Name == "mma" && source.Has("row") && source.Has("col") && source.Types.Length == 4);
        Instruction instruction = Gathers(source, null, null);
        instruction.Product = MatrixShape.Parse(source) ?? throw Unknown(source);
        instruction.Run = instruction.Product.Run;
        instruction.Registers = [
            .. LoadTargets(source, source.Operands[0]).Registers,
            .. Factors(source, 1), .. Factors(source, 2), .. Factors(source, 3)];
        Require(source, instruction.Registers.Length == instruction.Product.RegisterCount);
    }

    private int[] Factors(PtxInstruction source, int index)
    {
        bool wide = source.Types[0] == ScalarType.F64;
        ReadOnlySpan<Operand> items = Items(source.Operands[index]);
        int[] offsets = new int[items.Length];
        for (int i = 0; i < items.Length; i++) offsets[i] = Source(source, items[i], wide ? ScalarType.B64 : ScalarType.B32);
        return offsets;
    }
}
