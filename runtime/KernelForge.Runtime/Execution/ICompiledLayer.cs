namespace KernelForge.Runtime.Execution;

/// <summary>
/// What the generated part of every layer has for tools, beside what it has for its user: implemented explicitly, so that only who asks for
/// it sees it.
/// </summary>
public interface ICompiledLayer
{
    /// <summary>What the layer was loaded into: its device, and why it is that one. Null before it is loaded.</summary>
    ModelSession? Session { get; }

    /// <summary>
    /// The layer's program without weights: it runs nothing, but knows from the hyper-parameters alone what it would run, such as the
    /// kernels that are to be compiled.
    /// </summary>
    /// <param name="device">A device that only plans.</param>
    /// <exception cref="ArgumentException">The hyper-parameters break a rule of the layer.</exception>
    /// <exception cref="NotSupportedException">The layer has no code for the device, or the device is none that plans.</exception>
    ModelSession Plan(Device device);
}

/// <summary>What the generated part of every model has for tools.</summary>
public interface ICompiledModel : ICompiledLayer
{
    /// <summary>The model with its hyper-parameters, and without weights.</summary>
    /// <param name="config">The checkpoint's <c>config.json</c>.</param>
    /// <exception cref="ConfigException">A value is missing, of another kind, or one that the description does not cover.</exception>
    static abstract ICompiledLayer Configure(ModelConfig config);
}
