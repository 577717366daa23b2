using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Kernels;

/// <summary>
/// A scan whose states are a matrix for each head, S ← <paramref name="Decay"/> · S + <paramref name="Key"/> · <paramref name="Value"/>ᵀ,
/// and whose result is <paramref name="Query"/> · S: retention, gated linear attention, Mamba-2. Decay, key and query are the same for all
/// features of a head, decay and value for all states; so a stretch of rows is a few products of matrices.
/// </summary>
/// <param name="HeadWidth">Features of each head; the last may have fewer.</param>
public sealed record LinearAttention(Expression Decay, Expression Key, Expression Value, Expression Query, Size HeadWidth)
{
    /// <summary>The scan in this form, or null where it has another, as far as its expressions show.</summary>
    public static LinearAttention? Of(ScanKernel kernel)
    {
        if (kernel.Linear is not { } step || LinearStep.Of(kernel.Value) is not { } read) return null;
        // What the result has beside the states, and a decay of each state, are of another form.
        if (!read.Input.Equals(Expression.Of(0)) || ReadsState(step.Factor)) return null;
        List<Factor> factors = [.. FactorsOf(step.Input, divides: false)];
        List<Factor> keys = factors.FindAll(f => ReadsState(f.Value)), values = factors.FindAll(f => !ReadsState(f.Value));
        if (keys.Count == 0) return null;
        Expression key = Product(keys);
        return HeadWidthOf(kernel.Output.Columns, step.Factor, key, read.Factor) is { } width
            ? new(step.Factor, key, Product(values), read.Factor, width)
            : null;
    }

    private static bool ReadsState(Expression e) => e.All().Any(x => x is Expression.StateIndex);

    /// <summary>A factor of a product, or what the product is divided by.</summary>
    private readonly record struct Factor(Expression Value, bool Divides);

    private static IEnumerable<Factor> FactorsOf(Expression e, bool divides) => e switch
    {
        { Kind: not ValueKind.Real } => [new(e, divides)],
        Expression.Binary { Op: BinaryOp.Multiply } b => [.. FactorsOf(b.Left, divides), .. FactorsOf(b.Right, divides)],
        Expression.Binary { Op: BinaryOp.Divide } b => [.. FactorsOf(b.Left, divides), .. FactorsOf(b.Right, !divides)],
        Expression.Unary { Op: UnaryOp.Negate } u => [.. FactorsOf(u.Argument, divides), new(Expression.Of(-1), divides)],
        Expression.Convert { Argument.Kind: ValueKind.Real } c => FactorsOf(c.Argument, divides),
        _ => [new(e, divides)],
    };

    private static Expression Product(IReadOnlyCollection<Factor> factors)
    {
        Expression product = factors.Where(f => !f.Divides).Select(f => f.Value).DefaultIfEmpty(Expression.Of(1))
            .Aggregate((a, b) => new Expression.Binary(BinaryOp.Multiply, a, b));
        product = factors.Where(f => f.Divides).Select(f => f.Value)
            .Aggregate(product, (a, b) => new Expression.Binary(BinaryOp.Divide, a, b));
        return product.Kind == ValueKind.Real ? product : new Expression.Convert(ValueKind.Real, product);
    }

    /// <summary>
    /// Of how many neighbouring features each expression is the same: all, where none reads the feature; w, where they read <c>f / w</c> of
    /// it. Null where they read more.
    /// </summary>
    private static Size? HeadWidthOf(Size features, params Expression[] expressions)
    {
        HashSet<Size> widths = [];
        bool isOfHeads = true;
        foreach (Expression e in expressions)
        {
            e.Replace(x =>
            {
                if (x is Expression.Feature) isOfHeads = false;
                if (x is not Expression.Binary { Op: BinaryOp.Divide, Kind: ValueKind.Integer, Left: Expression.Feature, Right: Expression.Host w })
                    return null;
                widths.Add(Size.From(w.Value));
                return x;
            });
        }
        // Heads that share a key are parted by the width of the narrower.
        return !isOfHeads ? null : widths.Count == 0 ? features : widths.FirstOrDefault(w => widths.All(other => other.Divides(w, out _)));
    }
}
