namespace KernelForge.Emulation;

/// <summary>Why a call to the emulated device failed; each stands for what the driver would answer.</summary>
public enum EmulationError
{
    OutOfMemory,
    InvalidValue,
    NotFound,
    LaunchFailed,
    DeviceLost,
}

/// <summary>A call to the emulated device failed.</summary>
public sealed class EmulationException(EmulationError error, string message) : Exception(message)
{
    public EmulationError Error { get; } = error;
}
