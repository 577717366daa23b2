namespace KernelForge.Runtime.Execution;

/// <summary>What <see cref="Device.Auto"/> is told of a kind of device: one that this machine can run, or why it has none.</summary>
public sealed record AutoCandidate
{
    private AutoCandidate(Device? device, string explanation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(explanation);
        (Device, Explanation) = (device, explanation);
    }

    /// <summary>The device, or null where there is none.</summary>
    public Device? Device { get; }

    /// <summary>The device in words; or what is missing, and where it was looked for.</summary>
    public string Explanation { get; }

    /// <summary>A device that can be used.</summary>
    /// <param name="device">The device.</param>
    /// <param name="explanation">The device in words; null for its own.</param>
    public static AutoCandidate Usable(Device device, string? explanation = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        return new AutoCandidate(device, explanation ?? device.ToString());
    }

    /// <summary>There is no device of the kind.</summary>
    /// <param name="explanation">What is missing, and where it was looked for.</param>
    public static AutoCandidate Missing(string explanation) => new(null, explanation);
}
