using System.Globalization;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>Prints host values: for people, and (with names replaced) as C#.</summary>
public static class ScalarText
{
    public static string Of(Scalar value) => Of(value, h => h.Name, i => i.Name).Replace("kf_", "");

    /// <param name="hyper">The text of a hyper-parameter.</param>
    /// <param name="index">The text of a loop's index.</param>
    /// <param name="level">How strongly what stands beside it binds: <see cref="OperatorText.Level"/>.</param>
    public static string Of(Scalar value, Func<Scalar.Hyper, string> hyper, Func<Scalar.Index, string> index, int level = 0)
    {
        return Print(value, level);

        string Print(Scalar s, int outer) => s switch
        {
            Scalar.Number { IsInteger: true } n => n.Value.ToString("0", CultureInfo.InvariantCulture),
            Scalar.Number n => Real(n.Value),
            Scalar.Truth t => t.Value ? "true" : "false",
            Scalar.Literal l => "\"" + l.Value.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"",
            Scalar.Nothing => "null",
            Scalar.Hyper h => hyper(h),
            Scalar.Fixed { Function.Kind: ValueKind.Text } f => $"global::KernelForge.Activation.Parse({Print(f.Function, 0)})",
            Scalar.Fixed f => $"global::KernelForge.Activation.Of((global::KernelForge.ActivationKind){Print(f.Function, 9)})",
            Scalar.Index i => index(i),
            Scalar.Previous => "kf_width",
            Scalar.Recurring r => $"{r.Definition.Name}({string.Join(", ", r.Outer.Prepend(r.At).Select(a => Print(a, 0)))})",
            Scalar.Binary b => Wrap(Print(b.Left, OperatorText.Level(b.Op)) + " " + OperatorText.Symbol(b.Op) + " " + Print(b.Right, OperatorText.Level(b.Op) + 1), OperatorText.Level(b.Op), outer),
            Scalar.Unary u => OperatorText.Signed(u.Op, Print(u.Operand, 9)),
            Scalar.Conditional c => Wrap(Print(c.Condition, 1) + " ? " + Print(c.WhenTrue, 0) + " : " + Print(c.WhenFalse, 0), 0, outer),
            Scalar.Call { Function: Primitive.Erf } c => "Ops.Erf(" + Print(c.Arguments[0], 0) + ")",
            Scalar.Call c => "Math." + c.Function + "(" + string.Join(", ", c.Arguments.Select(a => Print(a, 0))) + ")",
            Scalar.Item i => Array(i.Array) + "[" + Print(i.At, 0) + "]",
            Scalar.Count c => Array(c.Array) + ".Length",
            Scalar.HostCall c => c.Method + "(" + string.Join(", ", c.Arguments.Select(a => Print(a, 0))) + ")",
            Scalar.Convert { To: ValueKind.Integer } c => "(int)" + Print(c.Operand, 9),
            Scalar.Convert c => "(double)" + Print(c.Operand, 9),
            _ => throw new NotSupportedException(s.GetType().Name),
        };

        // The description reads it without asking whether it is there, too.
        string Array(Scalar array) => Print(array, 9) + (array is Scalar.Hyper { IsNullable: true } ? "!" : "");
    }

    /// <summary>A real constant that C# and CUDA C read back as the same double.</summary>
    public static string Real(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Contains('.') || text.Contains('E') || text.Contains('N') || text.Contains('I') ? text : text + ".0";
    }

    /// <summary>Names of the loop indices in a value.</summary>
    public static IEnumerable<string> Indices(Scalar value)
    {
        List<string> found = [];
        Of(value, _ => "", i => { found.Add(i.Name); return ""; });
        return found;
    }

    private static string Wrap(string text, int level, int outer) => level < outer ? "(" + text + ")" : text;
}
