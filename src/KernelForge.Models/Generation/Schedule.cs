using KernelForge.Runtime;

namespace KernelForge.Models.Generation;

/// <summary>
/// Who runs and who waits. A turn continues every running sequence by a token, runs further parts of prompts, and takes in waiting
/// sequences in the order in which they joined. One turn at a time.
/// </summary>
internal sealed class Schedule(PackedRuns runs, SequenceCache cache, GenerationSessionOptions options)
{
    private readonly LinkedList<GeneratedSequence> waiting = [];
    private readonly List<GeneratedSequence> running = []; // the last one gives way where the cache is full
    private bool isFull;

    public bool IsEmpty => running.Count + waiting.Count == 0;

    public void Add(GeneratedSequence sequence) => waiting.AddLast(sequence);

    /// <summary>A turn. Errors end the sequences that they concern.</summary>
    public void Turn()
    {
        Sweep();
        (List<Job> steps, List<Job> begins) = Plan();
        Run(steps, begin: false);
        Run(begins, begin: true);
        Sweep();
    }

    /// <summary>Takes sequences out that have ended.</summary>
    public void Sweep()
    {
        foreach (GeneratedSequence ended in running.FindAll(sequence => sequence.Finish is not null)) Leave(ended);
        for (LinkedListNode<GeneratedSequence>? node = waiting.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (node.Value.Finish is not null) waiting.Remove(node);
        }
    }

    /// <summary>Takes all sequences out.</summary>
    public IReadOnlyList<GeneratedSequence> Clear()
    {
        GeneratedSequence[] all = [.. running, .. waiting];
        running.Clear();
        waiting.Clear();
        return all;
    }

    private (List<Job> Steps, List<Job> Begins) Plan()
    {
        List<Job> steps = [], begins = [];
        int room = options.ChunkTokens, beams = 0;
        foreach (GeneratedSequence sequence in running)
        {
            beams += sequence.Options.Beams;
            Plan(sequence, ref room, steps, begins);
        }
        // Where the cache was full, nobody is taken in before another one ends: it would have to leave again.
        while (room > 0 && !(isFull && running.Count > 0) && waiting.First is { Value: var first }
            && (beams += first.Options.Beams) <= options.MaxSequences)
        {
            waiting.RemoveFirst();
            running.Add(first);
            Plan(first, ref room, steps, begins);
        }
        return (steps, begins);
    }

    private void Plan(GeneratedSequence sequence, ref int room, List<Job> steps, List<Job> begins)
    {
        List<Share> shares = [];
        if (sequence.Decoding.Steps)
        {
            sequence.Decoding.Next(int.MaxValue, shares);
            steps.Add(new Job(sequence, shares));
            return;
        }
        bool begin = runs.TakeSources && sequence.Decoding.Branches[0].Fed == 0;
        if (begin && room < options.ChunkTokens && sequence.Source.Length >= room) room = 0; // the next turn's first
        else if (begin) room = Math.Max(1, room - sequence.Source.Length);
        sequence.Decoding.Next(room, shares);
        room -= shares.Sum(share => share.Rows);
        if (shares.Count > 0) (begin ? begins : steps).Add(new Job(sequence, shares));
    }

    private void Run(List<Job> jobs, bool begin)
    {
        while (true)
        {
            jobs.RemoveAll(job => !running.Contains(job.Sequence)); // gave way
            if (jobs.Count == 0) return;
            try
            {
                runs.Run(jobs, begin);
                break;
            }
            catch (CacheFullException e)
            {
                GiveWay(running[^1], e);
            }
            catch (Exception e)
            {
                // Each by itself, so that the error ends those alone that it concerns: a prompt with an id beyond the vocabulary, say.
                if (jobs.Count > 1) jobs.ForEach(job => Run([job], begin));
                else Fail(jobs[0].Sequence, e);
                return;
            }
        }
        int row = 0;
        foreach (Job job in jobs)
        {
            Advance(job, row);
            row += job.Shares.Count;
        }
    }

    private void Advance(Job job, int row)
    {
        (GeneratedSequence sequence, Decoding decoding) = (job.Sequence, job.Sequence.Decoding);
        try
        {
            FinishReason? end = decoding.Branches.All(branch => branch.Pending == 0) ? decoding.Advance(runs.Logits, row) : null;
            if (end is null) decoding.Settle(cache);
            sequence.Publish(decoding, end);
            if (end is not null) Leave(sequence);
        }
        catch (CacheFullException e)
        {
            GiveWay(sequence, e);
        }
        catch (Exception e)
        {
            Fail(sequence, e);
        }
    }

    private void GiveWay(GeneratedSequence sequence, CacheFullException error)
    {
        // Of several that would begin in this turn the first one is judged; the others, which may fit without it, begin in the next.
        bool begins = HasNoRows(sequence) && running.Exists(other => other != sequence && HasNoRows(other));
        bool waits = begins || (options.WhenFull == WhenFull.Wait && running.Count > 1);
        if (!waits)
        {
            Fail(sequence, error);
            return;
        }
        bool wasFull = isFull;
        Leave(sequence);
        waiting.AddFirst(sequence);
        isFull = wasFull || !begins;
    }

    private void Fail(GeneratedSequence sequence, Exception error)
    {
        sequence.End(FinishReason.Failed, error);
        Leave(sequence);
    }

    private static bool HasNoRows(GeneratedSequence sequence) => sequence.Decoding.Branches[0].Fed == 0;

    private void Leave(GeneratedSequence sequence)
    {
        sequence.Decoding.Release(cache);
        running.Remove(sequence);
        isFull = false;
    }
}
