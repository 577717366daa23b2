namespace KernelForge.Runtime.Execution;

/// <summary>What a loaded layer holds: its device, and the compiled program unless the reference runs it.</summary>
public sealed class ModelSession : IDisposable
{
    private readonly CompiledProgram? program;
    private bool disposed;

    private ModelSession(Device device, CompiledProgram? program)
    {
        Device = device;
        this.program = program;
    }

    public Device Device { get; }

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
    /// <param name="weights">The layer's weights; read before this returns.</param>
    /// <param name="cpu">Makes the generated program of the CPU back end; null where none was generated.</param>
    /// <exception cref="NotSupportedException">The layer has no code for the device.</exception>
    public static ModelSession Start(Device? device, LoadedWeights weights, Func<CpuDevice, LoadedWeights, CompiledProgram>? cpu = null)
    {
        ArgumentNullException.ThrowIfNull(weights);
        switch (device ?? Device.Auto)
        {
            case ReferenceDevice reference:
                weights.FillReference();
                return new ModelSession(reference, null);
            case CpuDevice chosen when cpu is not null:
                return new ModelSession(chosen, cpu(chosen, weights));
            case AutoDevice when cpu is not null:
                var all = new CpuDevice(0, 0);
                return new ModelSession(all, cpu(all, weights));
            default:
                throw new NotSupportedException($"this layer has no code for the device '{device}'");
        }
    }

    public void Dispose()
    {
        disposed = true;
        program?.Dispose();
    }
}
