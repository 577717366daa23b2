using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

internal sealed unsafe partial class Decoder
{
    private Instruction Unary(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType type) =>
        Unary(source, run, type, type);

    private Instruction Unary(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType to, ScalarType from)
    {
        Require(source, source.Operands.Length == 2);
        Instruction instruction = Emit(source, run);
        instruction.D = Target(source, source.Operands[0], to);
        instruction.A = Source(source, 1, from);
        (instruction.B, instruction.C) = (-1, -1);
        return instruction;
    }

    private Instruction Binary(PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType type) =>
        Binary(source, run, type, type, type);

    private Instruction Binary(
        PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType to, ScalarType a, ScalarType b)
    {
        Require(source, source.Operands.Length == 3);
        Instruction instruction = Emit(source, run);
        instruction.D = Target(source, source.Operands[0], to);
        instruction.A = Source(source, 1, a);
        instruction.B = Source(source, 2, b);
        instruction.C = -1;
        return instruction;
    }

    private Instruction Ternary(
        PtxInstruction source, delegate*<Warp, Instruction, uint, void> run, ScalarType to, ScalarType a, ScalarType b, ScalarType c)
    {
        Require(source, source.Operands.Length == 4);
        Instruction instruction = Emit(source, run);
        instruction.D = Target(source, source.Operands[0], to);
        instruction.A = Source(source, 1, a);
        instruction.B = Source(source, 2, b);
        instruction.C = Source(source, 3, c);
        return instruction;
    }

    private void AddOrSubtract(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        bool subtracts = source.Name.StartsWith("sub", StringComparison.Ordinal);
        if (source.Has("cc") || source.Name is "addc" or "subc")
        {
            Carry(Binary(source, CarryForm(source, type), type),
                (source.Name is "addc" or "subc" ? Carries.TakesIn : 0) | (source.Has("cc") ? Carries.GivesOut : 0) | (subtracts ? Carries.Subtracts : 0));
            return;
        }
        if (IsHalf(type))
        {
            if (subtracts) Half<HalfSubtract>(source, type, 2);
            else Half<HalfAdd>(source, type, 2);
            return;
        }
        if (type == ScalarType.F32)
        {
            if (RoundingOf(source) != RoundingMode.Nearest) Directed(Binary(source, subtracts ? &Floats.Subtract : &Floats.Add, type));
            else Binary(source, subtracts ? FloatForm<Subtract<float>>(source) : FloatForm<Add<float>>(source), type);
            return;
        }
        if (type == ScalarType.F64)
        {
            Require(source, RoundingOf(source) == RoundingMode.Nearest);
            Binary(source, subtracts ? &Vectors.Run2<Subtract<double>, double, Plain<double>> : &Vectors.Run2<Add<double>, double, Plain<double>>, type);
            return;
        }
        if (source.Has("sat"))
        {
            Require(source, type == ScalarType.S32);
            Binary(source, subtracts ? &Scalars.Run2<SubtractSaturated, int, int, int> : &Scalars.Run2<AddSaturated, int, int, int>, type);
            return;
        }
        Binary(source, subtracts
            ? IntegerForm<Subtract<uint>, Subtract<int>, Subtract<ulong>, Subtract<long>>(type)
            : IntegerForm<Add<uint>, Add<int>, Add<ulong>, Add<long>>(type), type);
    }

    private static delegate*<Warp, Instruction, uint, void> CarryForm(PtxInstruction source, ScalarType type) => type.Bytes() switch
    {
        4 => &Carries.Run,
        8 => &Carries.Run64,
        _ => throw Unknown(source),
    };

    private void Carry(Instruction instruction, long how)
    {
        instruction.Immediate = how;
        instruction.Target = registers.Carry;
    }

    private void Multiply(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (IsHalf(type)) Half<HalfMultiply>(source, type, 2);
        else if (type == ScalarType.F32 && RoundingOf(source) != RoundingMode.Nearest) Directed(Binary(source, &Floats.Multiply, type));
        else if (type == ScalarType.F32) Binary(source, FloatForm<Multiply<float>>(source), type);
        else if (type == ScalarType.F64)
        {
            Require(source, RoundingOf(source) == RoundingMode.Nearest);
            Binary(source, &Vectors.Run2<Multiply<double>, double, Plain<double>>, type);
        }
        else if (source.Has("wide")) Wide(source, type);
        else if (source.Has("hi")) Binary(source, High(source, type), type);
        else Binary(source, IntegerForm<Multiply<uint>, Multiply<int>, Multiply<ulong>, Multiply<long>>(type), type);
    }

    private void Wide(PtxInstruction source, ScalarType type)
    {
        switch (type)
        {
            case ScalarType.S32: Binary(source, &Vectors.WideSigned, ScalarType.S64, type, type); break;
            case ScalarType.U32: Binary(source, &Vectors.WideUnsigned, ScalarType.U64, type, type); break;
            case ScalarType.S16: Binary(source, &Scalars.Run2<WideSigned16, uint, uint, int>, ScalarType.S32, type, type); break;
            case ScalarType.U16: Binary(source, &Scalars.Run2<WideUnsigned16, uint, uint, uint>, ScalarType.U32, type, type); break;
            default: throw Unknown(source);
        }
    }

    private void Multiply24(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        Require(source, type.Bytes() == 4);
        Binary(source, source.Has("hi")
            ? type.IsSigned() ? &Scalars.Run2<High24Signed, int, int, int> : &Scalars.Run2<High24Unsigned, uint, uint, uint>
            : type.IsSigned() ? &Scalars.Run2<Low24Signed, int, int, int> : &Scalars.Run2<Low24Unsigned, uint, uint, uint>, type);
    }

    private static delegate*<Warp, Instruction, uint, void> High(PtxInstruction source, ScalarType type) => type switch
    {
        ScalarType.S16 => &Scalars.Run2<HighSigned16, uint, uint, uint>,
        ScalarType.U16 => &Scalars.Run2<HighUnsigned16, uint, uint, uint>,
        ScalarType.S32 => &Scalars.Run2<HighSigned32, int, int, int>,
        ScalarType.U32 => &Scalars.Run2<HighUnsigned32, uint, uint, uint>,
        ScalarType.S64 => &Scalars.Run2<HighSigned64, long, long, long>,
        ScalarType.U64 => &Scalars.Run2<HighUnsigned64, ulong, ulong, ulong>,
        _ => throw Unknown(source),
    };

    private void MultiplyAdd(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (source.Has("cc") || source.Name == "madc")
        {
            Carry(Ternary(source, CarryForm(source, type), type, type, type, type),
                (source.Name == "madc" ? Carries.TakesIn : 0) | (source.Has("cc") ? Carries.GivesOut : 0)
                | (source.Has("hi") ? Carries.MultipliesHigh : Carries.MultipliesLow) | (type.IsSigned() ? Carries.IsSigned : 0));
        }
        else if (IsHalf(type)) Half<HalfMultiplyAdd>(source, type, 3);
        else if (type == ScalarType.F32 && RoundingOf(source) != RoundingMode.Nearest)
            Directed(Ternary(source, &Floats.MultiplyAdd, type, type, type, type));
        else if (type == ScalarType.F32) Ternary(source, FusedForm(source), type, type, type, type);
        else if (type == ScalarType.F64)
        {
            Require(source, RoundingOf(source) == RoundingMode.Nearest);
            Ternary(source, &Vectors.Run3<FusedMultiplyAddDouble, double, Plain<double>>, type, type, type, type);
        }
        else if (source.Has("wide") && type.Bytes() == 4)
        {
            ScalarType sum = type.IsSigned() ? ScalarType.S64 : ScalarType.U64;
            Ternary(source, type.IsSigned() ? &Vectors.WideSigned : &Vectors.WideUnsigned, sum, type, type, sum);
        }
        else if (source.Has("wide") && type.Bytes() == 2)
            Ternary(source, type.IsSigned() ? &Scalars.Run3<WideAdd<WideSigned16, int>, uint, uint, int, int>
                : &Scalars.Run3<WideAdd<WideUnsigned16, uint>, uint, uint, uint, uint>,
                type.IsSigned() ? ScalarType.S32 : ScalarType.U32, type, type, type.IsSigned() ? ScalarType.S32 : ScalarType.U32);
        else if (source.Has("lo")) Ternary(source, LowSum(source, type), type, type, type, type);
        else if (source.Has("hi")) Ternary(source, HighSum(source, type), type, type, type, type);
        else throw Unknown(source);
    }

    private static delegate*<Warp, Instruction, uint, void> LowSum(PtxInstruction source, ScalarType type) => type.Bytes() switch
    {
        2 => &Vectors.Run3<MultiplyAdd<uint>, uint, Unsigned16>,
        4 => &Vectors.Run3<MultiplyAdd<uint>, uint, Plain<uint>>,
        8 => &Vectors.Run3<MultiplyAdd<ulong>, ulong, Plain<ulong>>,
        _ => throw Unknown(source),
    };

    private static delegate*<Warp, Instruction, uint, void> HighSum(PtxInstruction source, ScalarType type) => type switch
    {
        ScalarType.S32 => &Scalars.Run3<HighAdd<HighSigned32, int>, int, int, int, int>,
        ScalarType.U32 => &Scalars.Run3<HighAdd<HighUnsigned32, uint>, uint, uint, uint, uint>,
        ScalarType.S64 => &Scalars.Run3<HighAdd<HighSigned64, long>, long, long, long, long>,
        ScalarType.U64 => &Scalars.Run3<HighAdd<HighUnsigned64, ulong>, ulong, ulong, ulong, ulong>,
        _ => throw Unknown(source),
    };

    private void Divide(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (type == ScalarType.F32 && source.Name == "div")
        {
            if (RoundingOf(source) != RoundingMode.Nearest) Directed(Binary(source, &Floats.Divide, type));
            else Binary(source, FloatForm<Divide<float>>(source), type);
            return;
        }
        if (type == ScalarType.F64 && source.Name == "div")
        {
            Require(source, RoundingOf(source) == RoundingMode.Nearest);
            Binary(source, &Vectors.Run2<Divide<double>, double, Plain<double>>, type);
            return;
        }
        bool divides = source.Name == "div";
        Binary(source, type switch
        {
            ScalarType.S16 => divides ? &Scalars.Run2<DivideSigned16, uint, uint, uint> : &Scalars.Run2<RemainderSigned16, uint, uint, uint>,
            ScalarType.U16 => divides ? &Scalars.Run2<DivideUnsigned16, uint, uint, uint> : &Scalars.Run2<RemainderUnsigned16, uint, uint, uint>,
            ScalarType.S32 => divides ? &Scalars.Run2<DivideSigned32, int, int, int> : &Scalars.Run2<RemainderSigned32, int, int, int>,
            ScalarType.U32 => divides ? &Scalars.Run2<DivideUnsigned32, uint, uint, uint> : &Scalars.Run2<RemainderUnsigned32, uint, uint, uint>,
            ScalarType.S64 => divides ? &Scalars.Run2<DivideSigned64, long, long, long> : &Scalars.Run2<RemainderSigned64, long, long, long>,
            ScalarType.U64 => divides ? &Scalars.Run2<DivideUnsigned64, ulong, ulong, ulong> : &Scalars.Run2<RemainderUnsigned64, ulong, ulong, ulong>,
            _ => throw Unknown(source),
        }, type);
    }

    private void MinimumOrMaximum(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        bool least = source.Name == "min";
        Require(source, !source.Has("xorsign"));
        bool propagates = source.Has("NaN");
        if (IsHalf(type))
        {
            if (propagates && least) Half<HalfMinimumOrNaN>(source, type, 2);
            else if (propagates) Half<HalfMaximumOrNaN>(source, type, 2);
            else if (least) Half<HalfMinimum>(source, type, 2);
            else Half<HalfMaximum>(source, type, 2);
        }
        else if (type == ScalarType.F32 && propagates)
            Binary(source, least ? FloatForm<Minimum<float>>(source) : FloatForm<Maximum<float>>(source), type);
        else if (type == ScalarType.F32)
            Binary(source, least ? FloatForm<MinimumNumber<float>>(source) : FloatForm<MaximumNumber<float>>(source), type);
        else if (type == ScalarType.F64)
            Binary(source, least
                ? &Vectors.Run2<MinimumNumber<double>, double, Plain<double>>
                : &Vectors.Run2<MaximumNumber<double>, double, Plain<double>>, type);
        else
            Binary(source, least
                ? IntegerForm<Minimum<uint>, Minimum<int>, Minimum<ulong>, Minimum<long>>(type)
                : IntegerForm<Maximum<uint>, Maximum<int>, Maximum<ulong>, Maximum<long>>(type), type);
    }

    private void NegateOrAbsolute(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        bool negates = source.Name == "neg";
        if (IsHalf(type))
        {
            if (negates) Half<HalfNegate>(source, type, 1);
            else Half<HalfAbsolute>(source, type, 1);
            return;
        }
        Unary(source, type switch
        {
            ScalarType.S16 => negates ? &Vectors.Run1<Negate<int>, int, Signed16> : &Vectors.Run1<Absolute<int>, int, Signed16>,
            ScalarType.S32 => negates ? &Vectors.Run1<Negate<int>, int, Plain<int>> : &Vectors.Run1<Absolute<int>, int, Plain<int>>,
            ScalarType.S64 => negates ? &Vectors.Run1<Negate<long>, long, Plain<long>> : &Vectors.Run1<Absolute<long>, long, Plain<long>>,
            ScalarType.F32 when source.Has("ftz") => negates
                ? &Vectors.Run1<Negate<float>, float, Flushed> : &Vectors.Run1<Absolute<float>, float, Flushed>,
            ScalarType.F32 => negates ? &Vectors.Run1<Negate<float>, float, Plain<float>> : &Vectors.Run1<Absolute<float>, float, Plain<float>>,
            ScalarType.F64 => negates ? &Vectors.Run1<Negate<double>, double, Plain<double>> : &Vectors.Run1<Absolute<double>, double, Plain<double>>,
            _ => throw Unknown(source),
        }, type);
    }

    private void AbsoluteDifference(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        Require(source, type is ScalarType.S32 or ScalarType.U32);
        Ternary(source, type == ScalarType.S32
            ? &Scalars.Run3<DifferenceSigned, int, int, int, int>
            : &Scalars.Run3<DifferenceUnsigned, uint, uint, uint, uint>, type, type, type, type);
    }

    private void CopySign(PtxInstruction source)
    {
        if (source.Types[0] == ScalarType.F64) Binary(source, &Scalars.Run2<CopySign64, ulong, ulong, ulong>, ScalarType.F64);
        else Binary(source, &Scalars.Run2<CopySign32, uint, uint, uint>, ScalarType.B32);
    }

    private void Function1(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (IsHalf(type))
        {
            Require(source, source.Name is "ex2" or "tanh");
            if (source.Name == "ex2") Half<HalfExp2>(source, type, 1);
            else Half<HalfTangent>(source, type, 1);
            return;
        }
        if (type == ScalarType.F64)
        {
            Require(source, RoundingOf(source) == RoundingMode.Nearest);
            Unary(source, source.Name switch
            {
                "rcp" => &Scalars.Run1<ReciprocalDouble, double, double>,
                "sqrt" => &Vectors.Run1<SquareRoot<double>, double, Plain<double>>,
                "rsqrt" => &Scalars.Run1<ReciprocalSquareRootDouble, double, double>,
                _ => throw Unknown(source),
            }, type);
            return;
        }
        Require(source, type == ScalarType.F32);
        Directed(Unary(source, source.Name switch
        {
            "rcp" => &Floats.Reciprocal,
            "sqrt" => &Floats.SquareRoot,
            "rsqrt" => &Floats.ReciprocalSquareRoot,
            "ex2" => &Floats.Exp2,
            "lg2" => &Floats.Log2,
            "sin" => &Floats.Sine,
            "cos" => &Floats.Cosine,
            _ => &Floats.Tangent,
        }, type));
    }

    private static void Directed(Instruction instruction)
    {
        instruction.Immediate = (long)RoundingOf(instruction.Source);
        instruction.Target = (instruction.Source.Has("ftz") ? 1 : 0) | (instruction.Source.Has("sat") ? 2 : 0);
    }

    private static bool IsHalf(ScalarType type) => type is ScalarType.F16 or ScalarType.F16x2 or ScalarType.BF16 or ScalarType.BF16x2;

    private void Half<TOp>(PtxInstruction source, ScalarType type, int operands) where TOp : IHalfOperation
    {
        Require(source, RoundingOf(source) == RoundingMode.Nearest);
        delegate*<Warp, Instruction, uint, void> run = type is ScalarType.F16 or ScalarType.F16x2
            ? &Halves.Run<HalfFormat, TOp> : &Halves.Run<BFloatFormat, TOp>;
        Instruction instruction = operands switch
        {
            1 => Unary(source, run, type),
            2 => Binary(source, run, type),
            _ => Ternary(source, run, type, type, type, type),
        };
        instruction.Immediate = type is ScalarType.F16x2 or ScalarType.BF16x2 ? 2 : 1;
        instruction.Target = (source.Has("relu") ? Halves.StopsAtZero : 0) | (source.Has("sat") ? Halves.StopsAtOne : 0)
            | (source.Has("ftz") ? Halves.Flushes : 0);
    }

    private static delegate*<Warp, Instruction, uint, void> FloatForm<TOp>(PtxInstruction source) where TOp : IVector2<float> =>
        (source.Has("ftz"), source.Has("sat")) switch
        {
            (false, false) => &Vectors.Run2<TOp, float, Plain<float>>,
            (true, false) => &Vectors.Run2<TOp, float, Flushed>,
            (false, true) => &Vectors.Run2<TOp, float, Saturated>,
            _ => &Vectors.Run2<TOp, float, FlushedSaturated>,
        };

    private static delegate*<Warp, Instruction, uint, void> FusedForm(PtxInstruction source) => (source.Has("ftz"), source.Has("sat")) switch
    {
        (false, false) => &Vectors.Fma<Plain<float>>,
        (true, false) => &Vectors.Fma<Flushed>,
        (false, true) => &Vectors.Fma<Saturated>,
        _ => &Vectors.Fma<FlushedSaturated>,
    };

    private static delegate*<Warp, Instruction, uint, void> IntegerForm<TU, TS, TUL, TSL>(ScalarType type)
        where TU : IVector2<uint> where TS : IVector2<int> where TUL : IVector2<ulong> where TSL : IVector2<long> => type switch
        {
            ScalarType.S16 => &Vectors.Run2<TS, int, Signed16>,
            ScalarType.U16 or ScalarType.B16 => &Vectors.Run2<TU, uint, Unsigned16>,
            ScalarType.S32 => &Vectors.Run2<TS, int, Plain<int>>,
            ScalarType.S64 => &Vectors.Run2<TSL, long, Plain<long>>,
            ScalarType.U64 or ScalarType.B64 => &Vectors.Run2<TUL, ulong, Plain<ulong>>,
            _ => &Vectors.Run2<TU, uint, Plain<uint>>,
        };
}
