using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>
/// What an incremental program keeps of a sequence, in the order in which its schedule asks for it: told to the cache's layout when the
/// program is planned, and met again in that order whenever a graph is recorded.
/// </summary>
internal sealed class KeptEntries
{
    private readonly List<int[]> places = [];

    public CacheLayout Layout { get; } = new();

    /// <summary>The input whose rows go on from run to run.</summary>
    public int GoesOn { get; set; } = -1;

    /// <summary>Attentions whose queries must not see behind the last key, each with what tells what they see.</summary>
    public List<(CudaSpace Queries, CudaSpace Keys, Computation Mask)> Masks { get; } = [];

    /// <summary>A row space that sequences have a past in.</summary>
    public void Add(CudaSpace space)
    {
        if (GoesOn < 0) throw new InvalidOperationException("the schedule says first which input goes on");
        Layout.Space(space.Number, goesOn: space.Input == GoesOn);
    }

    /// <summary>An entry's places in a space's blocks, in bytes: one after another, each of rows of so many bytes.</summary>
    public int[] InBlocks(ref int number, CudaSpace space, int reach, params ReadOnlySpan<int> rowBytes)
    {
        if (number < places.Count) return places[number++];
        int[] added = new int[rowBytes.Length];
        for (int i = 0; i < added.Length; i++)
            added[i] = checked((int)Layout.TakeBlock(space.Number, (long)CacheLayout.BlockRows * Aligned(rowBytes[i]), reach));
        places.Add(added);
        number++;
        return added;
    }

    /// <summary>An entry's place in a sequence's own memory, in bytes.</summary>
    public int InStates(ref int number, long bytes)
    {
        if (number < places.Count) return places[number++][0];
        places.Add([checked((int)Layout.TakeStates(Aligned(bytes)))]);
        return places[number++][0];
    }

    /// <summary>Every place is aligned to 16 bytes.</summary>
    private static long Aligned(long bytes) => (bytes + 15) & -16;
}
