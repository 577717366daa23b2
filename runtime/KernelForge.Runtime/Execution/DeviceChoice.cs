namespace KernelForge.Runtime.Execution;

/// <summary>The device that a session takes, and why it is that one.</summary>
internal sealed record DeviceChoice(Device Device, string Explanation)
{
    /// <summary>The device in the precision that a layer says, where the device names none.</summary>
    /// <exception cref="NotSupportedException">The device names one that the layer's weights do not allow it.</exception>
    public DeviceChoice In(LayerPrecision precision)
    {
        Device device = Device.In(precision);
        return device == Device ? this : new DeviceChoice(device, $"{Explanation}; as {device}, as the layer's [Precision] says");
    }

    /// <summary>A device as it was asked for; for <see cref="Device.Auto"/>, the first of the programs' that can be used.</summary>
    /// <exception cref="NotSupportedException">It is <see cref="Device.Auto"/>, and none can be used.</exception>
    public static DeviceChoice Of(Device asked, ReadOnlySpan<DeviceProgram> programs)
    {
        if (asked is not AutoDevice) return new DeviceChoice(asked, $"{asked}, as it was asked for");

        string passedOver = "";
        foreach (DeviceProgram program in programs)
        {
            if (program.WhenAuto() is not { } candidate) continue;
            if (candidate.Device is { } device)
            {
                string only = programs.Length == 1 ? ", the only kind of device that this layer has code for" : "";
                return new DeviceChoice(device, $"{candidate.Explanation}, chosen by Device.Auto{only}{passedOver}");
            }
            passedOver += $"; {program.Kind} was passed over: {candidate.Explanation}";
        }
        throw new NotSupportedException($"Device.Auto finds no device that this layer has code for{passedOver}");
    }
}
