using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>Symbols and binding strength of the operators, the same in C#, in CUDA C and in messages.</summary>
public static class OperatorText
{
    public static int Level(BinaryOp op) => op switch
    {
        BinaryOp.Coalesce => 1,
        BinaryOp.Or => 2,
        BinaryOp.And => 3,
        BinaryOp.Equal or BinaryOp.NotEqual => 4,
        BinaryOp.Less or BinaryOp.LessOrEqual or BinaryOp.Greater or BinaryOp.GreaterOrEqual => 5,
        BinaryOp.Add or BinaryOp.Subtract => 6,
        _ => 7,
    };

    /// <summary>A sign and what it stands before: two signs in a row are another operator.</summary>
    public static string Signed(UnaryOp op, string operand) =>
        (op == UnaryOp.Negate ? "-" : "!") + (operand.StartsWith("-", StringComparison.Ordinal) ? "(" + operand + ")" : operand);

    public static string Symbol(BinaryOp op) => op switch
    {
        BinaryOp.Add => "+",
        BinaryOp.Subtract => "-",
        BinaryOp.Multiply => "*",
        BinaryOp.Divide => "/",
        BinaryOp.Remainder => "%",
        BinaryOp.Equal => "==",
        BinaryOp.NotEqual => "!=",
        BinaryOp.Less => "<",
        BinaryOp.LessOrEqual => "<=",
        BinaryOp.Greater => ">",
        BinaryOp.GreaterOrEqual => ">=",
        BinaryOp.And => "&&",
        BinaryOp.Or => "||",
        _ => "??",
    };
}
