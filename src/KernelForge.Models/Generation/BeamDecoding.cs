using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>The beams of a search in the cache: they share what they have in common.</summary>
internal sealed class BeamDecoding(Branch prompt, GenerationOptions options, StopConditions stop) : Decoding
{
    private readonly BeamSearch search = new(prompt, options, stop);
    private IReadOnlyList<Branch> parents = [];
    private bool finished;

    public override IReadOnlyList<Branch> Branches => search.Running;

    public override IReadOnlyList<GeneratedToken> Settled => finished ? search.Finished[0].Tokens : [];

    public override IReadOnlyList<BeamHypothesis> Beams => finished ? search.Finished : [];

    /// <summary>Whether beams that were taken out of the cache wait for the first of them to have run their prompt.</summary>
    private bool AwaitsPrompt => Branches.Count > 1 && Branches[1].Sequence == Branch.Outside;

    public override void Next(int room, List<Share> shares)
    {
        if (Branches.Count == 1)
        {
            base.Next(room, shares);
            return;
        }
        // Beams that are run once more share their prompt, as they did. Their last tokens run together, so that their logits come together.
        bool steps = Steps;
        foreach (Branch branch in AwaitsPrompt ? Branches.Take(1) : Branches)
        {
            int rows = Math.Min(room, AwaitsPrompt ? stop.Prompt - branch.Fed : steps ? 1 : branch.Pending - 1);
            if (rows > 0) shares.Add(new Share(branch, rows));
            room -= rows;
        }
    }

    public override FinishReason? Advance(Matrix logits, int first)
    {
        parents = search.Running;
        finished = !search.Advance(logits, first);
        return finished ? search.Finished[0].Finish : null;
    }

    public override void Settle(SequenceCache cache)
    {
        if (parents.Count > 0) Inherit(cache);
        else if (AwaitsPrompt && Branches[0].Fed == stop.Prompt)
            foreach (Branch branch in Branches.Skip(1)) branch.Fork(Branches[0], cache);
    }

    public override void Release(SequenceCache cache)
    {
        foreach (Branch parent in parents) parent.Leave(cache);
        parents = [];
        base.Release(cache);
    }

    /// <summary>
    /// The first branch of each parent takes its place, parents without one leave, and further branches fork from the first.
    /// </summary>
    private void Inherit(SequenceCache cache)
    {
        var heirs = new Branch?[parents.Count];
        for (int b = 0; b < Branches.Count; b++)
        {
            ref Branch? heir = ref heirs[search.Parents[b]];
            if (heir is not null) continue;
            heir = Branches[b];
            heir.Inherit(parents[search.Parents[b]]);
        }
        foreach (Branch parent in parents) parent.Leave(cache); // those without an heir
        for (int b = 0; b < Branches.Count; b++)
            if (Branches[b].Sequence == Branch.Outside) Branches[b].Fork(heirs[search.Parents[b]]!, cache);
        parents = [];
    }
}
