using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Tests.Findings;

/// <summary>What was wrong once, as the fuzzer printed it (or written by hand in the same form).</summary>
internal static class Finding
{
    /// <summary>The case agrees with its reference run on every width of the CPU.</summary>
    public static void Agrees(string text)
    {
        Failure? failure = Session.Run(CaseText.Read(text), Checks.All);
        Assert.True(failure is null, failure?.ToString());
    }

    /// <summary>The case is refused by this rule.</summary>
    public static void IsRefused(string rule, string text)
    {
        Failure? failure = Session.Run(CaseText.Read(text), Checks.All);
        Assert.Equal((FailureKind.Refused, rule), (failure?.Kind, failure?.Where));
    }
}
