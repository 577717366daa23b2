namespace KernelForge.Benchmarks.Publishing;

/// <summary>Tasks and contenders in the order of a result, and of each contender the way that was fastest.</summary>
internal static class Contenders
{
    public static IReadOnlyList<string> Tasks(IEnumerable<Measurement> measured) => [.. measured.Select(m => m.On).Distinct()];

    /// <summary>KernelForge's first.</summary>
    public static IReadOnlyList<string> Names(IEnumerable<Measurement> measured) =>
        [.. measured.OrderBy(m => !m.IsOwn).Select(m => m.Contender).Distinct()];

    /// <summary>Null where it did not run this task.</summary>
    public static Measurement? Best(IEnumerable<Measurement> measured, string task, string contender) =>
        measured.Where(m => m.On == task && m.Contender == contender).MinBy(m => m.BestMilliseconds);
}
