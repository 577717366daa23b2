using System.Runtime.InteropServices;

namespace SemanticSearch;

/// <summary>Turns SIGINT and SIGTERM into a cancellation; a second one ends the process at once.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt, terminate;

    public Signals()
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, SemanticSearch.ExitCode.Interrupted));
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, SemanticSearch.ExitCode.Terminated));
    }

    public CancellationToken Token => source.Token;

    /// <summary>128 and the signal's number, as a shell reports it.</summary>
    public int ExitCode { get; private set; }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    private void Cancel(PosixSignalContext context, int code)
    {
        if (source.IsCancellationRequested) return;
        context.Cancel = true;
        ExitCode = code;
        source.Cancel();
    }
}
