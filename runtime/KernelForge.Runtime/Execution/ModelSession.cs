namespace KernelForge.Runtime.Execution;

/// <summary>What a loaded layer holds: its device, and the compiled program unless the reference runs it.</summary>
public sealed class ModelSession : IDisposable
{
    private readonly CompiledProgram? program;
    private bool disposed;

    private ModelSession(DeviceChoice choice, LayerPrecision precision, CompiledProgram? program)
    {
        (Device, Choice, Precisions) = (choice.Device, choice.Explanation, choice.Device.Precisions(precision));
        this.program = program;
    }

    /// <summary>Where the layer runs; never <see cref="Device.Auto"/>.</summary>
    public Device Device { get; }

    /// <summary>
    /// Which device it is and why, for people: where <see cref="Device.Auto"/> passed over a kind of device, also what was missing and where
    /// it was looked for.
    /// </summary>
    public string Choice { get; }

    /// <summary>In which numbers rows are multiplied with weights, for people: <c>Int8; Float32 for classifier</c>.</summary>
    public string Precisions { get; }

    /// <summary>The compiled program, or null where the description itself is to be run.</summary>
    /// <exception cref="ObjectDisposedException">The layer was disposed.</exception>
    public CompiledProgram? Program
    {
        get
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return program;
        }
    }

    /// <summary>Makes ready to run on a device.</summary>
    /// <param name="device">Null for <see cref="Device.Auto"/>.</param>
    /// <param name="weights">
    /// The layer's weights, read before this returns; <see cref="LoadedWeights.Absent"/> for a device that only plans, and for no other.
    /// </param>
    /// <param name="programs">What the layer has code for, in the order in which <see cref="Device.Auto"/> prefers them.</param>
    /// <exception cref="NotSupportedException">
    /// The layer has no code for the device; or <see cref="Device.Auto"/> finds none that this machine can run; or weights are missing
    /// where the layer is to run, or there where it is only planned.
    /// </exception>
    public static ModelSession Start(Device? device, LoadedWeights weights, params ReadOnlySpan<DeviceProgram> programs) =>
        Start(device, weights, LayerPrecision.Open, programs);

    /// <inheritdoc cref="Start(Device?, LoadedWeights, ReadOnlySpan{DeviceProgram})"/>
    /// <param name="device">Null for <see cref="Device.Auto"/>.</param>
    /// <param name="weights">
    /// The layer's weights, read before this returns; <see cref="LoadedWeights.Absent"/> for a device that only plans, and for no other.
    /// </param>
    /// <param name="precision">What the layer says of its products.</param>
    /// <param name="programs">What the layer has code for, in the order in which <see cref="Device.Auto"/> prefers them.</param>
    /// <exception cref="NotSupportedException">As above; or the device names a precision that the layer's weights do not allow it.</exception>
    public static ModelSession Start(Device? device, LoadedWeights weights, LayerPrecision precision, params ReadOnlySpan<DeviceProgram> programs)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(precision);
        DeviceChoice choice = DeviceChoice.Of(device ?? Device.Auto, programs).In(precision);
        if (choice.Device.OnlyPlans != weights.AreAbsent)
        {
            throw new NotSupportedException(weights.AreAbsent
                ? $"'{choice.Device}' runs a layer and needs its weights; to plan it, name a device that only plans: CudaDevice.Planning"
                : $"'{choice.Device}' only plans and runs nothing: load the layer for a device of this machine, such as Device.Auto");
        }
        if (choice.Device is ReferenceDevice)
        {
            weights.FillReference();
            return new ModelSession(choice, precision, null);
        }
        foreach (DeviceProgram candidate in programs)
        {
            if (candidate.Create(choice.Device, weights) is not { } program) continue;
            try
            {
                program.ReadWeights();
            }
            catch
            {
                program.Dispose();
                throw;
            }
            return new ModelSession(choice, precision, program);
        }

        throw new NotSupportedException(
            $"this layer has no code for the device '{choice.Device}', only for {Kinds(programs)} and the reference. Code for a kind of " +
            "device is generated where the layer's project references its runtime, such as KernelForge.Runtime.Cuda.");
    }

    public void Dispose()
    {
        disposed = true;
        program?.Dispose();
    }

    private static string Kinds(ReadOnlySpan<DeviceProgram> programs)
    {
        List<string> kinds = [];
        foreach (DeviceProgram program in programs) kinds.Add(program.Kind);
        return string.Join(", ", kinds);
    }
}
