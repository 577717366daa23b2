using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>What a C# expression of a description stands for while the builder follows it.</summary>
internal abstract record Val
{
    /// <summary>
    /// Rows of reals. <paramref name="Rows"/> is a row space, or <see cref="Table"/> for what is computed from parameters alone. It is kept as an expression over
    /// operands: a table's elements and gathered rows are never stored, they are computed where they are used.
    /// </summary>
    public sealed record Rows(int Space, Size Columns, EquatableArray<KernelOperand> Operands, Expression Expression) : Val
    {
        public const int Table = -1;

        /// <summary>The stored columns that this is, or null where it is still to be computed.</summary>
        public View? Stored => Expression is Expression.Read && Operands[0] is KernelOperand.Rows r ? r.View : null;

        public static Rows Of(int space, View view) => new(space, view.Columns, [new KernelOperand.Rows(view)], new Expression.Read(0));
    }

    public sealed record Integers(int Space, RowInteger Value) : Val;

    public sealed record Ids(int Input, int Space) : Val;

    public sealed record Host(Scalar Value) : Val;

    public sealed record Layer(LayerInstance Instance) : Val;

    /// <summary>A <c>Layers&lt;T&gt;</c>, <c>Linear</c>, <c>Embedding</c> or <c>Parameter</c> of a layer.</summary>
    public sealed record Field(LayerInstance Owner, FieldSpec Spec) : Val;

    public sealed record Tuple(EquatableArray<Val> Items) : Val;

    public sealed record Lambda(LambdaExpr Expr, Scope Scope) : Val;

    /// <summary>A row space.</summary>
    public sealed record SpaceOf(int Id) : Val;

    /// <summary>Inside a lambda: a number or truth of one row and feature, or of one query, key and head.</summary>
    public sealed record Number(Expression Expression, ValueKind Kind) : Val;

    /// <summary>Inside a lambda: the row that is computed, or a pair's query or key.</summary>
    public sealed record Row(RowOf Of) : Val;
}
