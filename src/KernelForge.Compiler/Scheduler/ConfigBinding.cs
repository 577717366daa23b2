using System.Globalization;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.Scheduler;

/// <summary>How a model's hyper-parameters come from a configuration, as C# over a variable <c>config</c>.</summary>
internal static class ConfigBinding
{
    /// <summary>What the configuration must say: a statement.</summary>
    public static string Required(Requirement r) =>
        $"config.Require({CSharpText.Literal(r.Key)}, {string.Join(", ", r.Values.Select(v => Constant(v, "double")))});";

    /// <summary>A hyper-parameter as an argument of the model's constructor.</summary>
    public static string Argument(HyperParameter h)
    {
        string name = CSharpText.Identifier(h.Name) + ": ";
        if (h.Keys.Count == 0) return name + Constant(h.Default!, h.Type);
        string keys = string.Join(", ", h.Keys.Select(CSharpText.Literal));
        if (h.Default is null && !h.IsNullable) return $"{name}config.{Method(h, "")}({keys})";
        bool isNull = h.IsNullable && h.Default is null or NullExpr;
        return $"{name}config.{Method(h, "OrNull")}({keys})" + (isNull ? "" : " ?? " + Constant(h.Default!, h.Type));
    }

    private static string Method(HyperParameter h, string orNull) => h.Kind switch
    {
        ValueKind.Integer => "Int32" + orNull,
        ValueKind.Real => (h.Type == "float" ? "Single" : "Double") + orNull,
        ValueKind.Boolean => "Boolean" + orNull,
        ValueKind.Text => "String" + orNull,
        ValueKind.Activation => "Activation" + orNull,
        ValueKind.Enumeration => $"Enumeration{orNull}<{CSharpText.Type(h.Type)}>",
        ValueKind.IntegerArray => "Int32Array" + orNull,
        ValueKind.TextArray => "StringArray" + orNull,
        _ => throw new NotSupportedException($"{h.Name}: {h.Kind}"),
    };

    private static string Constant(Expr value, string type) => value switch
    {
        NumberExpr { IsInteger: true } n => IsNumber(type) ? Digits(n) : $"({CSharpText.Type(type)})({Digits(n)})",
        NumberExpr { Value: double.PositiveInfinity } => $"{type}.PositiveInfinity",
        NumberExpr { Value: double.NegativeInfinity } => $"{type}.NegativeInfinity",
        NumberExpr { Value: double.NaN } => $"{type}.NaN",
        NumberExpr n => NumberText.Shortest(n.Value) + (type == "float" ? "f" : "d"),
        BoolExpr b => b.Value ? "true" : "false",
        TextExpr t => CSharpText.Literal(t.Value),
        NullExpr => "null",
        UnaryExpr { Op: UnaryOp.Negate } u => "-" + Constant(u.Operand, type),
        _ => throw new NotSupportedException(value.GetType().Name),
    };

    /// <summary>Whether a constant of the type is written as a number; one of an enum is converted.</summary>
    private static bool IsNumber(string type) => type is "int" or "float" or "double";

    private static string Digits(NumberExpr integer) => integer.Value.ToString("0", CultureInfo.InvariantCulture);
}
