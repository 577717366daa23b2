namespace KernelForge.Emulation;

/// <summary>Faults to play, so that a program shows what it does when a device fails it. Counts begin at 1; 0 is never.</summary>
public sealed class FaultPlan
{
    /// <summary>The allocation, counted from now on, that finds no memory left.</summary>
    public int FailAllocation { get; set; }

    /// <summary>The launch, counted from now on, that fails.</summary>
    public int FailLaunch { get; set; }

    /// <summary>The call of any kind, counted from now on, at which the device is lost: that call and all after it fail.</summary>
    public int LoseDevice { get; set; }

    internal bool IsLost { get; private set; }

    /// <summary>Whether the loss has come since this was asked last; it is the caller's to keep from then on.</summary>
    internal bool TakeLoss()
    {
        bool taken = IsLost;
        IsLost = false;
        return taken;
    }

    internal bool NextAllocationFails() => FailAllocation > 0 && --FailAllocation == 0;

    internal bool NextLaunchFails() => FailLaunch > 0 && --FailLaunch == 0;

    internal void NextCall()
    {
        if (LoseDevice > 0 && --LoseDevice == 0) IsLost = true;
    }
}
