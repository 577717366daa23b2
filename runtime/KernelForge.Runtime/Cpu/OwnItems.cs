using System.Diagnostics;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Shares the items of a run out so that each thread has neighbouring ones of its own, the same in kernel after kernel, and takes what others
/// have left when it is done with these: it then reads what it wrote, and what an item asks for ahead is mostly what its thread needs next.
/// </summary>
/// <param name="counters">As much as <see cref="RoomFor"/> says, zeros when the run begins.</param>
/// <param name="items">How many there are, each of which calls <see cref="Take"/> once.</param>
/// <param name="threads">Threads of the pool.</param>
internal readonly unsafe struct OwnItems(int* counters, int items, int threads)
{
    private const int Line = Ahead.Line / sizeof(int);

    public static int RoomFor(int threads) => Line * threads;

    /// <summary>The next item for a worker.</summary>
    public int Take(int worker)
    {
        for (int i = 0; i < threads; i++)
        {
            int owner = (worker + i) % threads;
            int first = Even.Start(0, items, owner, threads), count = Even.Start(0, items, owner + 1, threads) - first;
            ref int taken = ref counters[owner * Line];
            if (Volatile.Read(ref taken) >= count) continue;
            int own = Interlocked.Increment(ref taken) - 1;
            if (own < count) return first + own;
        }
        throw new UnreachableException("more were taken than there are");
    }
}
