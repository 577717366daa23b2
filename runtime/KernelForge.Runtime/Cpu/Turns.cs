namespace KernelForge.Runtime.Cpu;

/// <summary>
/// Who runs on a pool: one caller at a time, in the order in which they came. Without it the kernels of two runs would alternate, and a short run
/// would wait for one of the long run's at each of its own.
/// </summary>
internal sealed class Turns
{
    private readonly object access = new();
    private long came, served;

    /// <summary>Somebody waits for whose turn it is.</summary>
    public bool AreAwaited => Volatile.Read(ref came) - Volatile.Read(ref served) > 1;

    /// <summary>Waits for the caller's turn, which ends when it is disposed of.</summary>
    public Turn Take()
    {
        lock (access)
        {
            long mine = came++;
            while (served != mine) Monitor.Wait(access);
        }
        return new Turn(this);
    }

    private void End()
    {
        lock (access)
        {
            served++;
            Monitor.PulseAll(access);
        }
    }

    public readonly struct Turn(Turns turns) : IDisposable
    {
        public void Dispose() => turns.End();
    }
}
