namespace KernelForge.Models.Generation;

/// <summary>A beam and a token behind it.</summary>
/// <param name="Score">The sum of their log-probabilities, after rules.</param>
/// <param name="Beam">Which beam.</param>
/// <param name="Id">Which token.</param>
/// <param name="LogProbability">The token's own, before rules.</param>
internal readonly record struct Continuation(double Score, int Beam, int Id, double LogProbability);

/// <summary>The best of many continuations, the best first; of equal ones those that came first.</summary>
internal sealed class BestContinuations(int capacity)
{
    private readonly Continuation[] best = new Continuation[capacity];

    public int Count { get; private set; }

    /// <summary>What a further one has to exceed; −∞ does not.</summary>
    public double Least => Count < capacity ? double.NegativeInfinity : best[^1].Score;

    public Continuation this[int rank] => best[rank];

    /// <summary>Adds one that exceeds <see cref="Least"/>.</summary>
    public void Add(Continuation continuation)
    {
        int at = Count < capacity ? Count++ : capacity - 1;
        for (; at > 0 && best[at - 1].Score < continuation.Score; at--) best[at] = best[at - 1];
        best[at] = continuation;
    }
}
