using System.Runtime.ExceptionServices;

namespace KernelForge.Reference;

/// <summary>
/// Spreads independent items over the cores. Each item writes its own part of the result alone, so the result has the same bits however
/// many threads there are.
/// </summary>
internal static class Work
{
    /// <summary>What one call of a description's lambda is taken to cost, which may fold over a sequence.</summary>
    public const long LambdaCost = 64;

    private const long WorthAThread = 1 << 15;

    /// <summary>Calls <paramref name="body"/> for every item; <paramref name="cost"/> is an item's work in elementary operations.</summary>
    public static void For(int items, long cost, Action<int> body)
    {
        if (items * cost <= WorthAThread)
        {
            for (int item = 0; item < items; item++) body(item);
            return;
        }
        int block = (int)Math.Clamp(WorthAThread / Math.Max(cost, 1), 1, items);
        int blocks = (items + block - 1) / block;
        try
        {
            Parallel.For(0, blocks, b =>
            {
                int end = Math.Min(items, (b + 1) * block);
                for (int item = b * block; item < end; item++) body(item);
            });
        }
        catch (AggregateException failures)
        {
            // What a description's own lambda threw is what its author should see.
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
