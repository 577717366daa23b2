namespace KernelForge.TestData;

/// <summary>Tests that take minutes: they run under <c>./test.sh --long</c> alone.</summary>
internal static class LongRun
{
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("KERNELFORGE_LONG") == "1";

    /// <summary>Skips the running test in an ordinary run.</summary>
    public static void Require() => Assert.SkipUnless(Wanted, "takes minutes: it runs under ./test.sh --long (KERNELFORGE_LONG=1)");
}
