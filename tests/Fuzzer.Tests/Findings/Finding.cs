using KernelForge.Fuzzer.Running;
using KernelForge.TestData;

namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>What was wrong once, as the fuzzer printed it (or written by hand in the same form).</summary>
internal static class Finding
{
    /// <summary>The case agrees with its reference run on every width of the CPU.</summary>
    public static void Agrees(string text) => Agrees(text, Checks.All);

    /// <summary>And on the emulated GPU, in every precision.</summary>
    public static void AgreesOnGpu(string text)
    {
        Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC",
            Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") ?? Data.Require("nvrtc"));
        Agrees(text, Checks.All with { OnGpu = true });
    }

    /// <summary>The case is refused by this rule.</summary>
    public static void IsRefused(string rule, string text)
    {
        Failure? failure = Session.Run(CaseText.Read(text), Checks.All);
        Assert.Equal((FailureKind.Refused, rule), (failure?.Kind, failure?.Where));
    }

    private static void Agrees(string text, Checks checks)
    {
        Failure? failure = Session.Run(CaseText.Read(text), checks);
        Assert.True(failure is null, failure?.ToString());
    }
}
