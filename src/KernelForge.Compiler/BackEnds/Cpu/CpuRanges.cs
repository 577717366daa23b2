using KernelForge.Compiler.Ir;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>Which indices of a lambda surely lie within what they index, so that nothing need check them.</summary>
/// <param name="features">How many features the lambda computes; zero where it computes none.</param>
/// <param name="states">How many states; zero where there are none.</param>
/// <param name="lambdas">The lambda, or those that share its operands.</param>
internal sealed class CpuRanges(Size features, Size states, params Expression[] lambdas)
{
    private readonly Dictionary<int, Expression> counts = lambdas.SelectMany(l => l.All()).OfType<Expression.Fold>()
        .GroupBy(f => f.Id).ToDictionary(g => g.Key, g => g.First().Count);

    /// <summary>Whether an index lies from 0 to below <paramref name="bound"/>.</summary>
    public bool IsWithin(Expression index, Size bound) => index switch
    {
        Expression.Feature => features.Equals(bound),
        Expression.StateIndex => states.Equals(bound),
        Expression.Index i => counts[i.Id] is Expression.Host { Value: var count } && Size.From(count).Equals(bound),
        Expression.Host { Value.Constant: >= 0 and var place } => bound.Constant is { } size && place < size,
        _ => false,
    };
}
