using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Programs;

/// <summary>The workspaces of a program's runs of one kind, ordinary or incremental; each run in progress has one of its own.</summary>
internal sealed class WorkspacePool(Func<CudaWorkspace> make)
{
    private readonly Lock idleLock = new();

    /// <summary>The one used last is taken first.</summary>
    private readonly Stack<CudaWorkspace> idle = [];

    public void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, CacheRun? run)
    {
        CudaWorkspace? workspace;
        lock (idleLock) idle.TryPop(out workspace);
        workspace ??= make();
        try
        {
            workspace.Run(inputs, outputs, run);
        }
        catch
        {
            // What a run left half done is not worth keeping.
            workspace.Dispose();
            throw;
        }
        lock (idleLock) idle.Push(workspace);
    }

    /// <summary>Gives back the memory that other runs left for later ones; false where there was none.</summary>
    public bool Drop()
    {
        CudaWorkspace[] dropped;
        lock (idleLock)
        {
            dropped = [.. idle];
            idle.Clear();
        }
        foreach (CudaWorkspace workspace in dropped) workspace.Dispose();
        return dropped.Length > 0;
    }
}
