using System.Diagnostics.CodeAnalysis;
using System.Text;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>
/// A driver with one emulated GPU, which executes PTX, checks every access, and keeps to what the driver's manual promises and no more:
/// work that is given to a stream is done when somebody waits for it, or at a drawn moment before; a copy from pinned memory reads it
/// then; freed addresses and handles are never given out again.
/// </summary>
/// <remarks>
/// What kernels, copies and graphs do wrong is in <see cref="Findings"/>. The next call that waits for a stream, an event or the context
/// answers with <see cref="CudaResult.LaunchFailed"/>, every later one too, and <see cref="Explain"/> tells the findings; letting go of the
/// primary context, or <see cref="ClearFindings"/>, makes the device usable again. Kernels that may overlap with the one before them
/// (<see cref="LaunchShape.Overlap"/>, griddepcontrol) run after it. Kernels run one at a time and do not see pinned memory. There are no
/// clusters and no tensor maps. Safe for use by several threads.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "The last owner of the primary context lets go of everything.")]
public sealed partial class EmulatedDriver : ICudaDriver
{
    private const int FindingsTold = 20;

    private readonly Lock gate = new();
    private readonly EmulatedDevice device;
    private readonly Machine machine;
    private readonly Scheduler scheduler;
    private readonly ThreadLocal<(CudaResult Result, string Detail)> lastFailure = new();
    private CudaResult lost;

    /// <param name="architecture">What it is; sm_80 by default.</param>
    /// <param name="seed">Draws the order of warps and of work: the same seed and calls give the same order. Every fifth seed, 0 among them,
    /// does all work as late as it can.</param>
    /// <exception cref="NotSupportedException">The architecture's limits are not known.</exception>
    public EmulatedDriver(Architecture? architecture = null, int seed = 0)
    {
        device = new EmulatedDevice(architecture ?? new Architecture(8, 0), seed);
        machine = new Machine(device, new Random(seed));
        scheduler = new Scheduler(machine, seed);
    }

    public Architecture Architecture => device.Limits.Architecture;

    /// <summary>Bytes that the device has.</summary>
    public long Capacity { get; init; } = 8L << 30;

    /// <summary>Faults to play: allocations of the device and of pinned memory, launches of kernels and graphs, and calls count.</summary>
    public FaultPlan Faults { get; } = new();

    /// <inheritdoc cref="EmulatedDevice.IdleLimit"/>
    public long IdleLimit
    {
        get => device.IdleLimit;
        set => device.IdleLimit = value;
    }

    /// <summary>What was found since the start, or since they were cleared.</summary>
    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (gate) return [.. machine.Findings];
        }
    }

    /// <summary>What all kernels together did since the last <see cref="ResetStatistics"/>.</summary>
    public LaunchStatistics Statistics
    {
        get
        {
            var sum = new LaunchStatistics();
            foreach (LaunchStatistics kernel in KernelStatistics.Values) sum.Add(kernel);
            return sum;
        }
    }

    /// <summary>The same by the kernels' names.</summary>
    public IReadOnlyDictionary<string, LaunchStatistics> KernelStatistics
    {
        get
        {
            lock (gate) return machine.Statistics.ToDictionary(kernel => kernel.Key, kernel => kernel.Value.Copy());
        }
    }

    public string Description => $"an emulated {Architecture}";

    public bool NeedsPtx => true;

    public void ResetStatistics()
    {
        lock (gate) machine.ResetStatistics();
    }

    /// <summary>Forgets what was found; a device that failed by it works again.</summary>
    public void ClearFindings()
    {
        lock (gate)
        {
            machine.Findings.Clear();
            machine.Recover();
            if (lost == CudaResult.LaunchFailed) lost = CudaResult.Success;
        }
    }

    /// <summary>What a code means, and what this thread's last call that answered so was about.</summary>
    public string Explain(CudaResult result)
    {
        lock (gate)
        {
            if (result == CudaResult.LaunchFailed && machine.Failed) return ExplainFindings();
            (CudaResult failed, string detail) = lastFailure.Value;
            return failed == result && detail is { Length: > 0 } ? detail : Meaning(result);
        }
    }

    private string ExplainFindings()
    {
        int count = machine.Findings.Count - machine.FirstOfFailure;
        var text = new StringBuilder($"the emulated GPU found {(count == 1 ? "a fault" : $"{count} faults")}:");
        foreach (Finding finding in machine.Findings.Skip(machine.FirstOfFailure).Take(FindingsTold)) text.Append("\n  ").Append(finding);
        if (count > FindingsTold) text.Append($"\n  and {count - FindingsTold} more");
        return text.Append('\n').ToString();
    }

    private static string Meaning(CudaResult result) => result switch
    {
        CudaResult.Success => "nothing is wrong",
        CudaResult.NotReady => "the work was not done yet",
        CudaResult.EccUncorrectable => "the device is lost, as its fault plan says",
        CudaResult.LaunchFailed => "work that was done before failed",
        _ => "the emulated GPU refuses",
    };

    /// <summary>At the start of every call: counts it, and answers what the device is in.</summary>
    private CudaResult Begin(bool needsContext = true)
    {
        Faults.NextCall();
        if (Faults.TakeLoss()) lost = CudaResult.EccUncorrectable;
        if (lost != CudaResult.Success) return lost;
        return !needsContext || HasContext ? CudaResult.Success
            : Fail(CudaResult.InvalidContext, "no context is current on this thread, or it was let go of");
    }

    /// <summary>Of a call that waited: what was found in the meantime is told now.</summary>
    private CudaResult Waited()
    {
        if (machine.Failed) lost = CudaResult.LaunchFailed;
        return lost;
    }

    private CudaResult Fail(CudaResult result, string detail)
    {
        lastFailure.Value = (result, detail);
        return result;
    }
}
