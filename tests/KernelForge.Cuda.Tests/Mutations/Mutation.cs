using KernelForge.Emulation.Findings;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>A fault: a piece of one kernel's text, or of the device library before it, replaced before the compiler reads it.</summary>
/// <param name="Name">What is wrong, in words.</param>
/// <param name="Case">Which of <see cref="Cases"/> shows it.</param>
/// <param name="Kernel">The kernel that has the fault, without <c>_kernel</c>.</param>
/// <param name="File">A file of the device library; empty for the kernel's own text.</param>
/// <param name="Find">What is replaced; stands there <see cref="Places"/> times.</param>
/// <param name="Replacement">What stands there instead.</param>
/// <param name="Caught">The kind of finding that it is caught by; null where the results are wrong and no access is.</param>
internal sealed record Mutation(string Name, string Case, string Kernel, string File, string Find, string Replacement, FindingKind? Caught)
{
    /// <summary>How often <see cref="Find"/> stands in the text: another number is an error, so that none outlives its text.</summary>
    public int Places { get; init; } = 1;

    public string FileName => File.Length > 0 ? File : $"{Kernel}_kernel.cu";

    public override string ToString() => Name;
}
