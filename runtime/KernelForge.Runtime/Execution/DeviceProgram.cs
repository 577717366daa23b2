namespace KernelForge.Runtime.Execution;

/// <summary>Makes a layer's program for one kind of device: what generated code hands to <see cref="ModelSession"/>.</summary>
public sealed class DeviceProgram
{
    private readonly Func<Device, LoadedWeights, CompiledProgram?> create;
    private readonly Func<AutoCandidate>? whenAuto;

    private DeviceProgram(string kind, Func<Device, LoadedWeights, CompiledProgram?> create, Func<AutoCandidate>? whenAuto)
    {
        Kind = kind;
        this.create = create;
        this.whenAuto = whenAuto;
    }

    /// <summary>The name of the devices' type: <c>CpuDevice</c>.</summary>
    internal string Kind { get; }

    /// <summary>A program for devices of one type.</summary>
    /// <param name="create">Makes the program; weights are read before it returns.</param>
    /// <param name="whenAuto">What <see cref="Device.Auto"/> is to take of this kind; null where it never takes one.</param>
    public static DeviceProgram For<TDevice>(
        Func<TDevice, LoadedWeights, CompiledProgram> create, Func<AutoCandidate>? whenAuto = null)
        where TDevice : Device
    {
        ArgumentNullException.ThrowIfNull(create);
        return new DeviceProgram(
            typeof(TDevice).Name, (device, weights) => device is TDevice chosen ? create(chosen, weights) : null, whenAuto);
    }

    /// <summary>The program on a device, or null where the device is of another kind.</summary>
    internal CompiledProgram? Create(Device device, LoadedWeights weights) => create(device, weights);

    /// <summary>What <see cref="Device.Auto"/> is to take; null where it never takes this kind.</summary>
    internal AutoCandidate? WhenAuto() => whenAuto?.Invoke();
}
