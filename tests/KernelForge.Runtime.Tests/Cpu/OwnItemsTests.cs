using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

public sealed class OwnItemsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(48)]
    public unsafe void Threads_take_their_own_items_first_and_every_item_is_taken_once(int count)
    {
        for (int threads = 1; threads <= 6; threads++)
        {
            int[] counters = new int[OwnItems.RoomFor(threads)];
            fixed (int* first = counters)
            {
                var items = new OwnItems(first, count, threads);
                // All but one come late.
                List<int> taken = [];
                for (int thread = 0; thread < Math.Min(threads, count); thread++) taken.Add(items.Take(thread));
                if (count >= threads) Assert.Equal(Enumerable.Range(0, threads).Select(t => Even.Start(0, count, t, threads)), taken);
                while (taken.Count < count) taken.Add(items.Take(0));
                Assert.Equal(Enumerable.Range(0, count), taken.Order());
            }
        }
    }
}
