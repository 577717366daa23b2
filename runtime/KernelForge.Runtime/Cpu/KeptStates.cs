using KernelForge.Runtime.Caches;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>States that the sequences of a run left in one scan: what <see cref="Scans.Run"/> takes in an incremental run.</summary>
public sealed unsafe class KeptStates
{
    private readonly CacheRun run;
    private readonly CachedScan entry;

    internal KeptStates(CacheRun run, CachedScan entry) => (this.run, this.entry) = (run, entry);

    /// <exception cref="ArgumentException">The scan is of another shape than the layout says.</exception>
    internal void Check(RaggedRows sequences, ScanShape shape)
    {
        if (shape.Parts != entry.Parts || shape.FloatsPerItem > entry.PartFloats)
        {
            throw new ArgumentException(
                $"A scan of {shape.Parts} parts, {shape.FloatsPerItem} floats each, but the layout says {entry.Parts} of "
                + $"{entry.PartFloats}.");
        }
        if (sequences.SequenceCount != run.Batch.Length)
            throw new ArgumentException($"{sequences.SequenceCount} sequences, but the run is on {run.Batch.Length}.");
    }

    /// <summary>Where an item's states lie: those of the last run, if there was one, for this run to change.</summary>
    internal float* Memory(int sequence, int part, bool continues)
    {
        long place = entry.Place + (part * entry.PartFloats);
        float* memory = (float*)run.StatesAfter(sequence) + place;
        if (continues) NativeFloats.Copy((float*)run.StatesBefore(sequence) + place, memory, entry.PartFloats);
        return memory;
    }
}
