using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>
/// How the logits of a sequence become its next tokens: the lines of tokens that it runs, and what is known of its result.
/// </summary>
internal abstract class Decoding
{
    /// <summary>The lines of tokens that run: one, or the beams of a search.</summary>
    public abstract IReadOnlyList<Branch> Branches { get; }

    /// <summary>The tokens that cannot change any more.</summary>
    public abstract IReadOnlyList<GeneratedToken> Settled { get; }

    /// <summary>The hypotheses of a finished search.</summary>
    public virtual IReadOnlyList<BeamHypothesis> Beams => [];

    /// <summary>Whether every branch waits for its last token alone, so that the next logits are those of next tokens.</summary>
    public bool Steps => Branches.All(branch => branch.Fed > 0 && branch.Pending == 1);

    /// <summary>
    /// The rows that the next run brings, for each branch that brings some; of a prompt no more than <paramref name="room"/>.
    /// </summary>
    public virtual void Next(int room, List<Share> shares)
    {
        Branch branch = Branches[0];
        if (Math.Min(branch.Pending, room) is > 0 and var rows) shares.Add(new Share(branch, rows));
    }

    /// <summary>
    /// Continues every branch by a token; all ids of all branches have been run. Why the sequence ends, null where it goes on.
    /// </summary>
    /// <param name="logits">Logits of next tokens, <c>[rows, vocabulary]</c>; those of the branches may be changed.</param>
    /// <param name="first">The row of the first branch; the others' follow it.</param>
    public abstract FinishReason? Advance(Matrix logits, int first);

    /// <summary>Gives branches that the last run or <see cref="Advance"/> made possible their place in the cache.</summary>
    /// <exception cref="CacheFullException">There is no room for them; <see cref="Release"/> is what remains.</exception>
    public virtual void Settle(SequenceCache cache) { }

    /// <summary>Takes all branches out of the cache. They may be run again from their first token.</summary>
    public virtual void Release(SequenceCache cache)
    {
        foreach (Branch branch in Branches) branch.Leave(cache);
    }
}
