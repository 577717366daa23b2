using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Decoding;

internal sealed unsafe partial class Decoder
{
    private void Decode(PtxInstruction source)
    {
        try
        {
            DecodeKnown(source);
        }
        catch (IndexOutOfRangeException)
        {
            throw Unknown(source); // An operand, or a type that is known, is missing.
        }
    }

    private void DecodeKnown(PtxInstruction source)
    {
        switch (source.Name)
        {
            case "add" or "sub" or "addc" or "subc": AddOrSubtract(source); break;
            case "mul": Multiply(source); break;
            case "mul24": Multiply24(source); break;
            case "mad" or "fma" or "madc": MultiplyAdd(source); break;
            case "div" or "rem": Divide(source); break;
            case "min" or "max": MinimumOrMaximum(source); break;
            case "neg" or "abs": NegateOrAbsolute(source); break;
            case "sad": AbsoluteDifference(source); break;
            case "rcp" or "sqrt" or "rsqrt" or "ex2" or "lg2" or "sin" or "cos" or "tanh": Function1(source); break;
            case "copysign": CopySign(source); break;
            case "and" or "or" or "xor" or "not": Logic(source); break;
            case "shl" or "shr": Shift(source); break;
            case "lop3" or "prmt" or "shf" or "bfi" or "dp4a": FourOperands(source); break;
            case "bfe": Extract(source); break;
            case "popc" or "clz" or "brev" or "bfind": CountBits(source); break;
            case "setp" or "set": Compare(source); break;
            case "selp": SelectByPredicate(source); break;
            case "slct": SelectBySign(source); break;
            case "testp": TestProperty(source); break;
            case "isspacep": TestSpace(source); break;
            case "mov": Move(source); break;
            case "cvt": Convert(source); break;
            case "cvta": ConvertAddress(source); break;
            case "ld" or "ldu": Load(source); break;
            case "st": Store(source); break;
            case "atom" or "red": Atomic(source); break;
            case "fence" or "membar": Fence(source); break;
            case "bar" or "barrier": BlockBarrier(source); break;
            case "mbarrier": MemoryBarrier(source); break;
            case "cp": Copy(source); break;
            case "createpolicy": Policy(source); break;
            case "shfl" or "vote" or "match" or "redux" or "activemask": Exchange(source); break;
            case "ldmatrix" or "mma" or "movmatrix": Matrix(source); break;
            case "ret": Emit(source, Flow.Return); break;
            case "exit": Emit(source, Flow.Exit); break;
            case "trap": Emit(source, Flow.Trap); break;
            // Hints, which change no result.
            case "prefetch" or "prefetchu" or "discard" or "applypriority" or "nanosleep" or "griddepcontrol" or "pmevent": break;
            default: throw Unknown(source);
        }
    }
}
