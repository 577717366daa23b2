using System.Diagnostics;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Shares the items of a product out so that each thread has panels of its own in every block of rows, and takes what others have left when it
/// is done with these: what an item asks for ahead, at its end, is then mostly what its thread needs next.
/// </summary>
/// <param name="counters">As much as <see cref="RoomFor"/> says, zeros when the run begins.</param>
/// <param name="shape">The items, each of which calls <see cref="Take"/> once.</param>
/// <param name="threads">Threads of the pool.</param>
internal readonly unsafe struct OwnItems(int* counters, GemmShape shape, int threads)
{
    private const int Line = Ahead.Line / sizeof(int);

    public static int RoomFor(int threads) => Line * threads;

    /// <summary>The next item for a worker.</summary>
    public int Take(int worker)
    {
        for (int i = 0; i < threads; i++)
        {
            int owner = (worker + i) % threads;
            int first = Even.Start(0, shape.PanelRanges, owner, threads), ranges = Even.Start(0, shape.PanelRanges, owner + 1, threads) - first;
            int count = ranges * shape.RowBlocks;
            ref int taken = ref counters[owner * Line];
            if (Volatile.Read(ref taken) >= count) continue;
            int own = Interlocked.Increment(ref taken) - 1;
            if (own < count) return (own / ranges * shape.PanelRanges) + first + (own % ranges);
        }
        throw new UnreachableException("more were taken than there are");
    }
}
