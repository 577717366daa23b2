using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

internal sealed unsafe partial class Decoder
{
    private void Logic(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (type == ScalarType.Pred)
        {
            Instruction instruction = Emit(source, source.Name switch
            {
                "and" => &Predicates.And,
                "or" => &Predicates.Or,
                "xor" => &Predicates.Xor,
                _ => &Predicates.Not,
            });
            instruction.D = PredicateTarget(source, source.Operands[0]);
            (instruction.A, instruction.Negated) = Predicate(source, source.Operands[1]);
            if (source.Name == "not") return;
            (instruction.B, bool negated) = Predicate(source, source.Operands[2]);
            instruction.Immediate = negated ? 1 : 0;
            return;
        }
        bool wide = RegisterFile.IsWide(type);
        if (source.Name == "not")
            Unary(source, type.Bytes() == 2 ? &Vectors.Run1<Not<uint>, uint, Unsigned16>
                : wide ? &Vectors.Run1<Not<ulong>, ulong, Plain<ulong>> : &Vectors.Run1<Not<uint>, uint, Plain<uint>>, type);
        else
            Binary(source, source.Name switch
            {
                "and" => wide ? &Vectors.Run2<And<ulong>, ulong, Plain<ulong>> : &Vectors.Run2<And<uint>, uint, Plain<uint>>,
                "or" => wide ? &Vectors.Run2<Or<ulong>, ulong, Plain<ulong>> : &Vectors.Run2<Or<uint>, uint, Plain<uint>>,
                _ => wide ? &Vectors.Run2<ExclusiveOr<ulong>, ulong, Plain<ulong>> : &Vectors.Run2<ExclusiveOr<uint>, uint, Plain<uint>>,
            }, type);
    }

    private void Shift(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        bool left = source.Name == "shl";
        bool wide = RegisterFile.IsWide(type);
        if (source.Operands is [_, _, ImmediateOperand { Bits: var count }] && type.Bytes() > 2 && count < (ulong)(8 * type.Bytes()))
        {
            Instruction instruction = Unary3(source, left
                ? wide ? &Vectors.ShiftLeft<ulong> : &Vectors.ShiftLeft<uint>
                : type switch
                {
                    ScalarType.S32 => &Vectors.ShiftRight<int>,
                    ScalarType.S64 => &Vectors.ShiftRight<long>,
                    _ => wide ? &Vectors.ShiftRight<ulong> : &Vectors.ShiftRight<uint>,
                }, type);
            instruction.Immediate = (long)count;
            return;
        }
        Binary(source, left
            ? type.Bytes() == 2 ? &Scalars.Run2<ShiftLeft16, uint, uint, uint>
                : wide ? &Scalars.Run2<ShiftLeft64, ulong, uint, ulong> : &Scalars.Run2<ShiftLeft32, uint, uint, uint>
            : type switch
            {
                ScalarType.S16 => &Scalars.Run2<ShiftRightSigned16, uint, uint, uint>,
                ScalarType.S32 => &Scalars.Run2<ShiftRightSigned32, int, uint, int>,
                ScalarType.S64 => &Scalars.Run2<ShiftRightSigned64, long, uint, long>,
                _ => type.Bytes() == 2 ? &Scalars.Run2<ShiftRight16, uint, uint, uint>
                    : wide ? &Scalars.Run2<ShiftRight64, ulong, uint, ulong> : &Scalars.Run2<ShiftRight32, uint, uint, uint>,
            }, type, type, ScalarType.U32);
    }

    // Two registers and a third operand that the instruction keeps itself.
    private Instruction Unary3(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType type)
    {
        Instruction instruction = Emit(source, run);
        instruction.D = Target(source, source.Operands[0], type);
        instruction.A = Source(source, 1, type);
        return instruction;
    }

    private void FourOperands(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (source.Name == "bfi")
        {
            bool wide = RegisterFile.IsWide(type);
            Instruction insert = Emit(source, wide ? &BitOperations32.Insert64 : &BitOperations32.Insert32);
            insert.D = Target(source, source.Operands[0], type);
            insert.A = Source(source, 1, type);
            insert.B = Source(source, 2, type);
            insert.C = Source(source, 3, ScalarType.U32);
            insert.E = Source(source, 4, ScalarType.U32);
            return;
        }
        Require(source, type.Bytes() == 4 && source.Operands.Length >= 4);
        Instruction instruction = Emit(source, source.Name switch
        {
            "lop3" => &BitOperations32.Logic3,
            "prmt" => &BitOperations32.Permute,
            "shf" => &BitOperations32.Funnel,
            _ => &BitOperations32.Dot4,
        });
        instruction.D = Target(source, source.Operands[0], type);
        instruction.A = Source(source, 1, type);
        instruction.B = Source(source, 2, type);
        instruction.C = Source(source, 3, type);
        switch (source.Name)
        {
            case "lop3":
                Require(source, source.Operands is [_, _, _, _, ImmediateOperand]);
                instruction.Immediate = (long)((ImmediateOperand)source.Operands[4]).Bits;
                break;
            case "prmt":
                if (source.Modifiers.Length == 1) break;
                instruction.Run = &BitOperations32.PermuteByMode;
                instruction.Immediate = Array.IndexOf(BitOperations32.PermuteModes, source.Modifiers[^1]);
                Require(source, source.Modifiers.Length == 2 && instruction.Immediate >= 0);
                break;
            case "shf":
                instruction.Immediate = source.Has("l") ? 0 : 1;
                instruction.Target = source.Has("wrap") ? 1 : 0;
                break;
            default:
                instruction.Immediate = (source.Types[0].IsSigned() ? 1 : 0) | (source.Types[1].IsSigned() ? 2 : 0);
                break;
        }
    }

    private void Extract(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        Ternary(source, type switch
        {
            ScalarType.U32 => &Scalars.Run3<ExtractUnsigned32, uint, uint, uint, uint>,
            ScalarType.S32 => &Scalars.Run3<ExtractSigned32, uint, uint, uint, uint>,
            ScalarType.U64 => &Scalars.Run3<ExtractUnsigned64, ulong, uint, uint, ulong>,
            ScalarType.S64 => &Scalars.Run3<ExtractSigned64, ulong, uint, uint, ulong>,
            _ => throw Unknown(source),
        }, type, type, ScalarType.U32, ScalarType.U32);
    }

    private void CountBits(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        bool wide = RegisterFile.IsWide(type);
        if (source.Name == "brev")
        {
            Unary(source, wide ? &Scalars.Run1<Reverse64, ulong, ulong> : &Scalars.Run1<Reverse32, uint, uint>, type);
            return;
        }
        Unary(source, (source.Name, wide) switch
        {
            ("popc", false) => &Scalars.Run1<PopCount32, uint, uint>,
            ("popc", true) => &Scalars.Run1<PopCount64, ulong, uint>,
            ("clz", false) => &Scalars.Run1<LeadingZeros32, uint, uint>,
            ("clz", true) => &Scalars.Run1<LeadingZeros64, ulong, uint>,
            _ => FindHighest(type, source.Has("shiftamt")),
        }, ScalarType.U32, type);
    }

    private static delegate*<Warp, Instruction, uint, void> FindHighest(ScalarType type, bool asShift) => type switch
    {
        ScalarType.U32 => asShift ? &Scalars.Run1<ShiftToTop<FindHighest32>, uint, uint> : &Scalars.Run1<FindHighest32, uint, uint>,
        ScalarType.S32 => asShift ? &Scalars.Run1<ShiftToTop<FindHighestSigned32>, uint, uint> : &Scalars.Run1<FindHighestSigned32, uint, uint>,
        ScalarType.U64 => asShift ? &Scalars.Run1<ShiftToTop64<FindHighest64>, ulong, uint> : &Scalars.Run1<FindHighest64, ulong, uint>,
        _ => asShift ? &Scalars.Run1<ShiftToTop64<FindHighestSigned64>, ulong, uint> : &Scalars.Run1<FindHighestSigned64, ulong, uint>,
    };
}
