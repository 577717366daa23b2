using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Running;

internal enum FailureKind
{
    /// <summary>A description without a fault is reported.</summary>
    Refused,

    /// <summary>The generator met what its authors did not foresee.</summary>
    GeneratorFailed,

    /// <summary>C# complains of what was generated (or of what was drawn, which is the fuzzer's own fault).</summary>
    DoesNotCompile,

    /// <summary>The reference run throws: the fuzzer's own fault, or one of the reference.</summary>
    ReferenceThrew,

    Threw,

    Differs,

    /// <summary>A second run has other bits.</summary>
    NotRepeatable,

    /// <summary>Another number of threads gives other bits.</summary>
    DependsOnThreads,

    /// <summary>A sequence alone has other bits than in its batch.</summary>
    DependsOnBatch,

    /// <summary>Rows that come later have other bits than in a whole run.</summary>
    LaterDiffers,

    /// <summary>A warm run allocates.</summary>
    Allocates,

    /// <summary>A description that was broken on purpose is not reported, or elsewhere.</summary>
    NotRefused,
}

/// <summary>What is wrong with a description.</summary>
/// <param name="Where">A diagnostic's number, a device, an exception's type: a smaller description has to fail in the same place.</param>
internal sealed record Failure(FailureKind Kind, string Where, string Message)
{
    /// <summary>Lines of the case's text at which diagnostics stand, from 0.</summary>
    public ImmutableArray<int> Lines { get; init; } = [];

    public bool IsLike(Failure? other) => other is not null && other.Kind == Kind && other.Where == Where;

    public override string ToString() => $"{Kind} ({Where}): {Message}";
}
