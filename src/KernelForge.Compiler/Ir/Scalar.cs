using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir;

/// <summary>
/// A value that the host knows before any token is read: constants, hyper-parameters, loop indices and what is computed from them.
/// Nested layers' hyper-parameters are already replaced by the expressions that the outermost layer passes.
/// </summary>
public abstract record Scalar(ValueKind Kind)
{
    public sealed record Number(double Value, bool IsInteger) : Scalar(IsInteger ? ValueKind.Integer : ValueKind.Real);

    public sealed record Truth(bool Value) : Scalar(ValueKind.Boolean);

    public sealed record Literal(string Value) : Scalar(ValueKind.Text);

    public sealed record Nothing() : Scalar(ValueKind.Text);

    /// <summary>A hyper-parameter of the layer that is compiled.</summary>
    public sealed record Hyper(string Name, ValueKind OfKind, bool IsNullable) : Scalar(OfKind);

    /// <summary>An activation that the description itself fixes, by its kind's number or by its name in a configuration.</summary>
    public sealed record Fixed(Scalar Function) : Scalar(ValueKind.Activation);

    /// <summary>The index of an enclosing loop of the plan.</summary>
    public sealed record Index(string Name) : Scalar(ValueKind.Integer);

    /// <summary>A width that each pass of a loop makes of the one before it, in the pass <paramref name="At"/>.</summary>
    /// <param name="Outer">The values of <see cref="Recurrence.Outer"/>.</param>
    public sealed record Recurring(Recurrence Definition, Scalar At, EquatableArray<Scalar> Outer) : Scalar(ValueKind.Integer);

    /// <summary>In a <see cref="Recurrence"/>, the width in a pass.</summary>
    public sealed record Previous() : Scalar(ValueKind.Integer);

    public sealed record Binary(BinaryOp Op, Scalar Left, Scalar Right) : Scalar(KindOf(Op, Left, Right));

    public sealed record Unary(UnaryOp Op, Scalar Operand) : Scalar(Operand.Kind);

    public sealed record Conditional(Scalar Condition, Scalar WhenTrue, Scalar WhenFalse) : Scalar(WhenTrue.Kind);

    /// <summary>A primitive of the language applied to host values; real.</summary>
    public sealed record Call(Primitive Function, EquatableArray<Scalar> Arguments)
        : Scalar(Arguments.All(a => a.Kind == ValueKind.Integer) && Function is Primitive.Max or Primitive.Min or Primitive.Abs ? ValueKind.Integer : ValueKind.Real);

    public sealed record Convert(ValueKind To, Scalar Operand) : Scalar(To);

    /// <summary>An element of an array of integers or texts.</summary>
    public sealed record Item(Scalar Array, Scalar At) : Scalar(Array.Kind == ValueKind.TextArray ? ValueKind.Text : ValueKind.Integer);

    /// <summary>How many elements an array has.</summary>
    public sealed record Count(Scalar Array) : Scalar(ValueKind.Integer);

    /// <summary>A C# method of the user's, by a name that generated code can call.</summary>
    public sealed record HostCall(string Method, EquatableArray<Scalar> Arguments, ValueKind Result) : Scalar(Result);

    public static Scalar Of(int value) => new Number(value, true);

    public static Scalar Of(double value) => new Number(value, false);

    public bool IsArray => Kind is ValueKind.IntegerArray or ValueKind.TextArray;

    public bool IsInteger => Kind == ValueKind.Integer;

    /// <summary>The constant that this is, or null.</summary>
    public double? Constant => this is Number n ? n.Value : null;

    /// <summary>The method that generated code has for a <see cref="Recurring"/> width.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Index">The loop's index.</param>
    /// <param name="Start">The first pass.</param>
    /// <param name="Initial">The width in the first pass.</param>
    /// <param name="Step">The width at the end of a pass, from the index and <see cref="Previous"/>.</param>
    /// <param name="Outer">Indices of the loops around it.</param>
    public sealed record Recurrence(string Name, string Index, Scalar Start, Scalar Initial, Scalar Step, EquatableArray<string> Outer);

    private static ValueKind KindOf(BinaryOp op, Scalar left, Scalar right) => op switch
    {
        BinaryOp.Equal or BinaryOp.NotEqual or BinaryOp.Less or BinaryOp.LessOrEqual or BinaryOp.Greater or BinaryOp.GreaterOrEqual
            or BinaryOp.And or BinaryOp.Or => ValueKind.Boolean,
        BinaryOp.Coalesce => right.Kind,
        _ => left.Kind == ValueKind.Integer && right.Kind == ValueKind.Integer ? ValueKind.Integer : ValueKind.Real,
    };
}
