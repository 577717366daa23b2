namespace KernelForge.Runtime.Execution;

/// <summary>A compiled layer with its weights on one device: what generated code derives from.</summary>
/// <remarks>Several threads may run the same program at once; each run has buffers of its own.</remarks>
public abstract class CompiledProgram : IDisposable
{
    /// <summary>Runs the layer; allocates nothing once it has run a batch as large.</summary>
    /// <param name="inputs">One for each parameter of the entry, with indices already checked.</param>
    /// <param name="outputs">One for each result, of the right size.</param>
    public abstract void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
