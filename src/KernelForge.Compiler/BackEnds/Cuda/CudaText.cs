using System.Globalization;
using System.Text;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>Names and numbers as CUDA C writes them.</summary>
internal static class CudaText
{
    /// <summary>What a kernel's text may not call anything of its own: words of the language, and names of the device library.</summary>
    public static readonly string[] Reserved =
    [
        "alignas", "alignof", "and", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "const", "constexpr", "continue", "decltype",
        "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
        "int", "long", "mutable", "namespace", "new", "not", "nullptr", "operator", "or", "private", "protected", "public", "register", "return",
        "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typeid", "typename",
        "union", "unsigned", "using", "virtual", "void", "volatile", "while", "xor",
        "f16", "bf16", "tf32", "u16", "u32", "u64", "dim3", "threadIdx", "blockIdx", "blockDim", "gridDim", "warpSize",
        "Element", "View", "Eight", "Four", "Place", "Interval", "Coverage", "WorkItem", "Layout", "Pair", "Epilogue", "Inputs", "RowThread", "ElementThread", "ScanThread", "NoBias",
        "gemm", "attention", "segment", "bank", "order_rows", "nearest", "padded", "packed", "square", "cube", "reciprocal", "silu", "same", "around", "swizzled", "pieces_of",
        "abs", "min", "max", "exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "erf", "pow", "floor", "round", "infinity", "signal", "time", "clock",
        "row", "column", "at", "in", "p", "e", "i", "j", "s", "head", "sums", "result", "scale", "work", "workCount", "pair", "epilogue",
    ];

    /// <summary>A real number as a literal of <c>float</c> or <c>double</c>.</summary>
    public static string Real(double value, bool isDouble = false)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
            return double.IsNaN(value) ? "__int_as_float(0x7fffffff)" : value > 0 ? "(-minus_infinity())" : "minus_infinity()";
        string text = NumberText.Shortest(value);
        if (text.IndexOfAny(['.', 'E', 'e']) < 0) text += ".0";
        text += isDouble ? "" : "f";
        return value < 0 ? "(" + text + ")" : text;
    }

    public static string Integer(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>The name of a constant: <c>intermediateSize</c> → <c>INTERMEDIATE_SIZE</c>.</summary>
    public static string Constant(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool isLetter = name[i] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
            if (isLetter && char.IsUpper(name[i]) && i > 0 && !char.IsUpper(name[i - 1])) text.Append('_');
            text.Append(isLetter ? char.ToUpperInvariant(name[i]) : '_');
        }
        // Two underscores in a row belong to the compiler.
        string constant = text.ToString().Trim('_');
        while (constant.Contains("__")) constant = constant.Replace("__", "_");
        // A single letter may be a parameter of the device library's templates.
        return constant.Length <= 1 || char.IsDigit(constant[0]) ? "VALUE_" + constant : constant;
    }
}
