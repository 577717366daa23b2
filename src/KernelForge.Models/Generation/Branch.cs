using System.Runtime.InteropServices;
using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>A line of tokens with its rows in the cache: a sequence, or one beam of it.</summary>
internal sealed class Branch
{
    /// <summary>No rows in the cache.</summary>
    public const int Outside = -1;

    private readonly List<int> ids;
    private readonly List<GeneratedToken> tokens;

    /// <summary>A prompt.</summary>
    public Branch(ReadOnlySpan<int> prompt)
    {
        ids = [.. prompt];
        tokens = [];
    }

    private Branch(Branch parent)
    {
        ids = [.. parent.ids];
        tokens = [.. parent.tokens];
    }

    /// <summary>Its number in the cache, or <see cref="Outside"/>.</summary>
    public int Sequence { get; private set; } = Outside;

    /// <summary>How many of its ids have rows in the cache.</summary>
    public int Fed { get; private set; }

    /// <summary>A beam's sum of log-probabilities.</summary>
    public double Score { get; private init; }

    /// <summary>Prompt and generated tokens.</summary>
    public ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(ids);

    /// <summary>The generated ones.</summary>
    public IReadOnlyList<GeneratedToken> Tokens => tokens;

    /// <summary>How many ids have no rows in the cache yet.</summary>
    public int Pending => ids.Count - Fed;

    /// <summary>The next token.</summary>
    public void Append(int id, double logProbability)
    {
        tokens.Add(new GeneratedToken(id, tokens.Count, logProbability));
        ids.Add(id);
    }

    /// <summary>A copy with another token behind it, outside of the cache.</summary>
    public Branch With(int id, double logProbability, double score)
    {
        var next = new Branch(this) { Score = score };
        next.Append(id, logProbability);
        return next;
    }

    /// <summary>Gives it a place in the cache where it has none.</summary>
    public void Enter(SequenceCache cache)
    {
        if (Sequence == Outside) Sequence = cache.Add();
    }

    /// <summary>As many more of its ids have been run.</summary>
    public void Ran(int rows) => Fed += rows;

    /// <summary>Takes over the place of the branch that it continues.</summary>
    public void Inherit(Branch parent)
    {
        (Sequence, Fed) = (parent.Sequence, parent.Fed);
        (parent.Sequence, parent.Fed) = (Outside, 0);
    }

    /// <summary>Takes a place beside a branch whose ids that have been run are the first of its own.</summary>
    /// <exception cref="CacheFullException">There is no room; it is outside as before.</exception>
    public void Fork(Branch other, SequenceCache cache) => (Sequence, Fed) = (cache.Fork(other.Sequence), other.Fed);

    /// <summary>Leaves the cache, where it is in it.</summary>
    public void Leave(SequenceCache cache)
    {
        if (Sequence != Outside) cache.Remove(Sequence);
        (Sequence, Fed) = (Outside, 0);
    }
}
