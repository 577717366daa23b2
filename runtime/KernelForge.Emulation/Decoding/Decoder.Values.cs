using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

/// <summary>Comparisons, selection, moves and conversions.</summary>
internal sealed unsafe partial class Decoder
{
    private void Compare(PtxInstruction source)
    {
        bool sets = source.Name == "set";
        ScalarType type = source.Types[^1];
        Instruction instruction = Emit(source, Comparison(source, type, sets));
        instruction.A = Source(source, 1, type);
        instruction.B = Source(source, 2, type);
        instruction.Target = -1;
        if (sets)
        {
            Require(source, source.Operands.Length == 3 && source.Types[0].Bytes() == 4);
            instruction.D = Target(source, source.Operands[0], source.Types[0]);
            instruction.Immediate = source.Types[0] == ScalarType.F32 ? 1 : 0;
            return;
        }
        if (source.Operands[0] is PairOperand pair)
        {
            instruction.D = PredicateTarget(source, pair.First);
            instruction.Target = PredicateTarget(source, pair.Second);
        }
        else instruction.D = PredicateTarget(source, source.Operands[0]);
        if (source.Operands.Length < 4) return;
        (instruction.E, instruction.Negated) = Predicate(source, source.Operands[3]);
        instruction.Immediate = source.Has("and") ? 1 : source.Has("or") ? 2 : 3;
    }

    private static delegate*<Warp, Instruction, uint, void> Comparison(PtxInstruction source, ScalarType type, bool sets) => type switch
    {
        ScalarType.S16 => Comparison<int, Signed16>(source, sets),
        ScalarType.U16 or ScalarType.B16 => Comparison<uint, Unsigned16>(source, sets),
        ScalarType.S32 => Comparison<int, Plain<int>>(source, sets),
        ScalarType.U32 or ScalarType.B32 => Comparison<uint, Plain<uint>>(source, sets),
        ScalarType.S64 => Comparison<long, Plain<long>>(source, sets),
        ScalarType.U64 or ScalarType.B64 => Comparison<ulong, Plain<ulong>>(source, sets),
        ScalarType.F32 when source.Has("ftz") => Comparison<float, Flushed>(source, sets),
        ScalarType.F32 => Comparison<float, Plain<float>>(source, sets),
        ScalarType.F64 => Comparison<double, Plain<double>>(source, sets),
        ScalarType.F16 when !source.Has("ftz") => Comparison<float, FromHalf>(source, sets),
        ScalarType.BF16 => Comparison<float, FromBFloat>(source, sets),
        _ => throw Unknown(source),
    };

    private static delegate*<Warp, Instruction, uint, void> Comparison<T, TForm>(PtxInstruction source, bool sets)
        where T : unmanaged where TForm : IForm<T> => source.Modifiers[0] switch
        {
            "eq" => Comparison<Equal<T>, T, TForm>(sets),
            "ne" => Comparison<NotEqual<T>, T, TForm>(sets),
            "lt" or "lo" => Comparison<Less<T>, T, TForm>(sets),
            "le" or "ls" => Comparison<LessOrEqual<T>, T, TForm>(sets),
            "gt" or "hi" => Comparison<Greater<T>, T, TForm>(sets),
            "ge" or "hs" => Comparison<GreaterOrEqual<T>, T, TForm>(sets),
            "equ" => Comparison<Opposite<NotEqual<T>, T>, T, TForm>(sets),
            "neu" => Comparison<Opposite<Equal<T>, T>, T, TForm>(sets),
            "ltu" => Comparison<Opposite<GreaterOrEqual<T>, T>, T, TForm>(sets),
            "leu" => Comparison<Opposite<Greater<T>, T>, T, TForm>(sets),
            "gtu" => Comparison<Opposite<LessOrEqual<T>, T>, T, TForm>(sets),
            "geu" => Comparison<Opposite<Less<T>, T>, T, TForm>(sets),
            "num" => Comparison<Numbers<T>, T, TForm>(sets),
            "nan" => Comparison<Opposite<Numbers<T>, T>, T, TForm>(sets),
            _ => throw Unknown(source),
        };

    private static delegate*<Warp, Instruction, uint, void> Comparison<TComparison, T, TForm>(bool sets)
        where T : unmanaged where TComparison : IComparison<T> where TForm : IForm<T> =>
        sets ? &Comparisons.Set<TComparison, T, TForm> : &Comparisons.SetPredicate<TComparison, T, TForm>;

    private void SelectByPredicate(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        Instruction instruction = Emit(source, RegisterFile.IsWide(type) ? &Vectors.Select<ulong> : &Vectors.Select<uint>);
        instruction.D = Target(source, source.Operands[0], type);
        instruction.A = Source(source, 1, type);
        instruction.B = Source(source, 2, type);
        (instruction.E, instruction.Negated) = Predicate(source, source.Operands[3]);
    }

    private void SelectBySign(PtxInstruction source)
    {
        (ScalarType type, ScalarType by) = (source.Types[0], source.Types[1]);
        Require(source, by is ScalarType.S32 or ScalarType.F32 && !source.Has("ftz"));
        bool wide = RegisterFile.IsWide(type);
        Ternary(source, by == ScalarType.F32
            ? wide ? &Scalars.Run3<SelectBySign<ulong, float>, ulong, ulong, float, ulong> : &Scalars.Run3<SelectBySign<uint, float>, uint, uint, float, uint>
            : wide ? &Scalars.Run3<SelectBySign<ulong, int>, ulong, ulong, int, ulong> : &Scalars.Run3<SelectBySign<uint, int>, uint, uint, int, uint>,
            type, type, type, by);
    }

    private void TestProperty(PtxInstruction source)
    {
        bool wide = source.Types[0] == ScalarType.F64;
        Instruction instruction = Emit(source, wide ? &Properties.Run<double> : &Properties.Run<float>);
        instruction.D = PredicateTarget(source, source.Operands[0]);
        instruction.A = Source(source, 1, source.Types[0]);
        instruction.Immediate = Array.IndexOf(Properties.Names, source.Modifiers[0]);
        Require(source, instruction.Immediate >= 0);
    }

    private void TestSpace(PtxInstruction source)
    {
        Instruction instruction = Emit(source, &Properties.TestSpace);
        instruction.D = PredicateTarget(source, source.Operands[0]);
        instruction.A = Source(source, 1, ScalarType.U64);
        instruction.Space = SpaceOf(source);
        Require(source, instruction.Space is StateSpace.Shared or StateSpace.Local or StateSpace.Global);
    }

    private void Move(PtxInstruction source)
    {
        ScalarType type = source.Types[0];
        if (type == ScalarType.Pred)
        {
            Instruction predicate = Emit(source, &Predicates.Move);
            predicate.D = PredicateTarget(source, source.Operands[0]);
            (predicate.A, predicate.Negated) = Predicate(source, source.Operands[1]);
        }
        else if (source.Operands[1] is ListOperand parts) Pack(source, type, parts, isPacking: true);
        else if (source.Operands[0] is ListOperand into) Pack(source, type, into, isPacking: false);
        else if (source.Operands[1] is SpecialOperand { Name: "%clock" or "%clock64" or "%globaltimer" or "%globaltimer_lo" }) Clock(source, type);
        else Unary(source, RegisterFile.IsWide(type) ? &Vectors.Move<ulong> : &Vectors.Move<uint>, type);
    }

    private void Clock(PtxInstruction source, ScalarType type)
    {
        Instruction instruction = Emit(source, &Packing.Clock);
        instruction.D = Target(source, source.Operands[0], type);
        instruction.IsWide = RegisterFile.IsWide(type);
    }

    private void Pack(PtxInstruction source, ScalarType type, ListOperand parts, bool isPacking)
    {
        int bits = 8 * type.Bytes() / parts.Items.Length;
        ScalarType part = bits switch { 8 => ScalarType.B8, 16 => ScalarType.B16, 32 => ScalarType.B32, _ => throw Unknown(source) };
        bool halves = bits == 16 && parts.Items.Length == 2;
        Instruction instruction = Emit(source, halves
            ? isPacking ? &Packing.PackHalves : &Packing.UnpackHalves
            : isPacking ? &Packing.Pack : &Packing.Unpack);
        instruction.Width = bits;
        instruction.IsWide = RegisterFile.IsWide(type);
        if (isPacking)
        {
            instruction.D = Target(source, source.Operands[0], type);
            instruction.Registers = [.. parts.Items.Select(i => Source(source, i, part))];
        }
        else
        {
            instruction.A = Source(source, 1, type);
            instruction.Registers = [.. parts.Items.Select(i => i is SinkOperand ? registers.Sink : Target(source, i, part))];
        }
        if (!halves) return;
        if (isPacking) (instruction.A, instruction.B) = (instruction.Registers[0], instruction.Registers[1]);
        else (instruction.D, instruction.Target) = (instruction.Registers[0], instruction.Registers[1]);
    }

    private void Convert(PtxInstruction source)
    {
        (ScalarType to, ScalarType from) = (source.Types[0], source.Types[1]);
        bool packs = to is ScalarType.F16x2 or ScalarType.BF16x2;
        if (source.Operands[0] is not RegisterOperand { Register: var target }) throw Unknown(source);
        bool wideTo = RegisterFile.IsWide(target.Type);
        bool wideFrom = source.Operands[1] is RegisterOperand { Register.Type: var type } ? RegisterFile.IsWide(type) : RegisterFile.IsWide(from);
        if (!source.Has("sat") && FastConversion(to, from, wideTo, wideFrom) is { } fast && fast.Run is not null)
        {
            Unary(source, fast.Run, target.Type, wideFrom ? ScalarType.B64 : ScalarType.B32);
            return;
        }
        Instruction instruction = Emit(source, packs ? &Conversions.Pack : &Conversions.Run);
        instruction.D = registers.Of(target);
        instruction.A = Source(source, 1, wideFrom ? ScalarType.B64 : from.Bytes() == 2 ? ScalarType.B16 : ScalarType.B32);
        if (packs) instruction.B = Source(source, 2, ScalarType.B32);
        bool integral = from.IsFloat() && to.IsFloat() && Array.Exists(["rni", "rzi", "rmi", "rpi"], source.Has);
        instruction.Conversion = new Conversions.Recipe(
            to, from, wideTo, wideFrom, RoundingOf(source), integral, source.Has("ftz"), source.Has("sat"), source.Has("relu"));
    }

    private readonly struct RunPointer(delegate*<Warp, Instruction, uint, void> run)
    {
        public delegate*<Warp, Instruction, uint, void> Run { get; } = run;
    }

    private static RunPointer? FastConversion(ScalarType to, ScalarType from, bool wideTo, bool wideFrom) => (to, from) switch
    {
        (ScalarType.S64 or ScalarType.U64, ScalarType.S32) when wideTo && !wideFrom => new(&Vectors.WidenSigned),
        (ScalarType.S64 or ScalarType.U64, ScalarType.U32 or ScalarType.U16) when wideTo && !wideFrom => new(&Vectors.WidenUnsigned),
        (ScalarType.S32 or ScalarType.U32, ScalarType.S64 or ScalarType.U64) when !wideTo && wideFrom => new(&Vectors.Narrow),
        (ScalarType.S32 or ScalarType.U32, ScalarType.U16) when !wideTo && !wideFrom => new(&Vectors.Move<uint>),
        (ScalarType.U16 or ScalarType.S16, ScalarType.U32 or ScalarType.S32) when !wideTo && !wideFrom => new(&Vectors.Run1<Same<uint>, uint, Unsigned16>),
        _ => null,
    };

    private void ConvertAddress(PtxInstruction source)
    {
        ulong window = SpaceOf(source) switch
        {
            StateSpace.Shared => AddressSpace.SharedWindow,
            StateSpace.Local => AddressSpace.LocalWindow,
            _ => 0,
        };
        if (source.Has("to")) window = 0 - window;
        Instruction instruction = Emit(source, window == 0 ? &Vectors.Move<ulong> : &Vectors.Run2<Add<ulong>, ulong, Plain<ulong>>);
        instruction.D = Target(source, source.Operands[0], ScalarType.U64);
        instruction.A = Source(source, 1, ScalarType.U64);
        instruction.B = registers.Constant(window, wide: true);
    }
}
