namespace KernelForge.Emulation.Findings;

/// <summary>What a kernel did that hardware does not promise to survive, or to answer the same way twice.</summary>
public enum FindingKind
{
    /// <summary>Two accesses, one a write, that nothing orders.</summary>
    Race,

    /// <summary>An address outside every allocation of its space, or inside one that was freed.</summary>
    OutOfBounds,

    /// <summary>Bytes read that nobody wrote.</summary>
    UninitialisedRead,

    /// <summary>An address that is no multiple of the access's own width.</summary>
    Misaligned,

    /// <summary>A barrier or warp-wide instruction that some threads it needs do not reach.</summary>
    DivergentBarrier,

    /// <summary>A warp exchange whose mask names lanes that are gone, or that leaves out a lane that calls it.</summary>
    ShuffleMask,

    /// <summary>The target of an asynchronous copy touched before a wait, or a copy that was never waited for.</summary>
    AsyncNotWaited,

    /// <summary>Threads wait for what cannot happen.</summary>
    Deadlock,

    /// <summary>A write to constant memory or to a parameter.</summary>
    ReadOnlyWrite,

    /// <summary>Memory or a module that was freed before the work ran that was given it.</summary>
    UseAfterFree,

    /// <summary>Pinned memory of the host that was changed before the copy from it ran.</summary>
    HostChange,

    /// <summary>A <c>trap</c>: what the kernel itself found to be impossible.</summary>
    Trap,
}

/// <summary>The kinds' written names.</summary>
public static class FindingKinds
{
    /// <summary>For example <c>out-of-bounds</c>.</summary>
    public static string Name(this FindingKind kind) => kind switch
    {
        FindingKind.Race => "race",
        FindingKind.OutOfBounds => "out-of-bounds",
        FindingKind.UninitialisedRead => "uninitialised-read",
        FindingKind.Misaligned => "misaligned",
        FindingKind.DivergentBarrier => "divergent-barrier",
        FindingKind.ShuffleMask => "shuffle-mask",
        FindingKind.AsyncNotWaited => "async-not-waited",
        FindingKind.Deadlock => "deadlock",
        FindingKind.UseAfterFree => "use-after-free",
        FindingKind.HostChange => "host-change",
        FindingKind.Trap => "trap",
        _ => "read-only-write",
    };
}
