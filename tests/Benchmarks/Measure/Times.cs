using System.Diagnostics;

namespace KernelForge.Benchmarks.Measure;

/// <summary>Milliseconds of repeated runs of the same thing: on the clock, and on all of the process's processors together.</summary>
internal sealed class Times
{
    private readonly List<double> milliseconds = [], processor = [];

    public int Count => milliseconds.Count;

    /// <summary>On the clock, in their order.</summary>
    public IReadOnlyList<double> Milliseconds => milliseconds;

    public double Best => milliseconds.Min();

    /// <summary>The best of the runs after some number of them.</summary>
    public double BestSince(int runs) => milliseconds.Skip(runs).Min();

    public double Median => MedianOf(milliseconds);

    /// <summary>The least processor time: on one thread, what the clock would have shown had the machine been idle.</summary>
    public double BestProcessor => processor.Min();

    /// <summary>
    /// Runs it untimed for two seconds: what a process compiles anew, once it has seen which code is hot, takes a core from what is measured.
    /// </summary>
    public static void WarmUp(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 2) run();
    }

    public void Add(Action run)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        run();
        milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        processor.Add((Environment.CpuUsage.TotalTime - used).TotalMilliseconds);
    }

    /// <summary>The upper one of the two in the middle where there are two.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
