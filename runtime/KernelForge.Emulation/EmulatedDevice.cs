using System.Runtime.InteropServices;
using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Findings;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;
using KernelForge.Runtime.Cuda;
using Architecture = KernelForge.Runtime.Cuda.Architecture;

namespace KernelForge.Emulation;

/// <summary>
/// A GPU that interprets PTX and checks every access. Calls may come from any thread; one runs at a time, and a launch has ended when it
/// returns.
/// </summary>
/// <param name="architecture">Whose limits launches are held against, one that <see cref="ArchitectureLimits"/> knows.</param>
/// <param name="seed">Draws the order in which warps run: the same seed gives the same order.</param>
public sealed class EmulatedDevice(Architecture architecture, int seed) : IDisposable
{
    private readonly Lock gate = new();
    private readonly AddressSpace addresses = new();
    private readonly FindingLog log = new();
    private int launches;
    private int allocations;

    internal AddressSpace Addresses => addresses;

    /// <summary>What a launch is held against.</summary>
    public ArchitectureLimits Limits { get; } = ArchitectureLimits.Of(architecture);

    /// <summary>Faults to play.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>What the launches so far did wrong.</summary>
    public IReadOnlyList<Finding> Findings => log.Findings;

    /// <summary>So many instructions may go by with nothing written before the threads count as waiting for each other for ever.</summary>
    public long IdleLimit { get; set; } = 50_000_000;

    public void ClearFindings() => log.Clear();

    /// <exception cref="PtxException">The text is not PTX, or has an instruction the emulated GPU does not know.</exception>
    /// <exception cref="EmulationException">The device is lost.</exception>
    public EmulatedModule LoadModule(string ptx)
    {
        using Lock.Scope scope = Begin();
        return new EmulatedModule(ptx, addresses);
    }

    /// <summary>Frees a module's variables; its functions must not be launched any more.</summary>
    public void Unload(EmulatedModule module)
    {
        using Lock.Scope scope = Begin();
        foreach (Allocation allocation in module.Allocations) allocation.Dispose();
    }

    /// <summary>Device memory that nobody has written yet; its address is a multiple of 512.</summary>
    /// <exception cref="EmulationException">The size is not positive, memory is played to be exhausted, or the device is lost.</exception>
    public ulong Allocate(long bytes, string? name = null)
    {
        using Lock.Scope scope = Begin();
        if (bytes <= 0) throw new EmulationException(EmulationError.InvalidValue, $"an allocation of {bytes} bytes is not possible");
        if (Faults.NextAllocationFails()) throw new EmulationException(EmulationError.OutOfMemory, $"no memory is left for {bytes} bytes");
        allocations++;
        return addresses.Allocate(bytes, name ?? $"allocation {allocations} of {bytes} bytes").Address;
    }

    /// <exception cref="EmulationException">No allocation begins there, it was freed before, or the device is lost.</exception>
    public void Free(ulong address)
    {
        using Lock.Scope scope = Begin();
        Allocation? allocation = addresses.AtOrBelow(address);
        if (allocation is null || allocation.Address != address || allocation.IsFreed || allocation.IsReadOnly)
            throw new EmulationException(EmulationError.InvalidValue, $"nothing is allocated at 0x{address:x}");
        allocation.Dispose();
    }

    /// <summary>From the host to the device.</summary>
    /// <exception cref="EmulationException">The target does not lie in one allocation, or the device is lost.</exception>
    public unsafe void CopyTo(ulong address, ReadOnlySpan<byte> source)
    {
        using Lock.Scope scope = Begin();
        (Allocation allocation, long offset) = Find(address, source.Length);
        source.CopyTo(new Span<byte>(allocation.Memory.Data + offset, source.Length));
        allocation.Memory.Written.SetRange(offset, source.Length);
    }

    /// <inheritdoc cref="CopyTo(ulong, ReadOnlySpan{byte})"/>
    public void CopyTo<T>(ulong address, ReadOnlySpan<T> source) where T : unmanaged => CopyTo(address, MemoryMarshal.AsBytes(source));

    /// <summary>From the device to the host.</summary>
    /// <exception cref="EmulationException">The source does not lie in one allocation, or the device is lost.</exception>
    public unsafe void CopyFrom(ulong address, Span<byte> target)
    {
        using Lock.Scope scope = Begin();
        (Allocation allocation, long offset) = Find(address, target.Length);
        new ReadOnlySpan<byte>(allocation.Memory.Data + offset, target.Length).CopyTo(target);
    }

    /// <inheritdoc cref="CopyFrom(ulong, Span{byte})"/>
    public void CopyFrom<T>(ulong address, Span<T> target) where T : unmanaged => CopyFrom(address, MemoryMarshal.AsBytes(target));

    /// <summary>Sets bytes of device memory.</summary>
    /// <exception cref="EmulationException">They do not lie in one allocation, or the device is lost.</exception>
    public unsafe void Fill(ulong address, byte value, long bytes)
    {
        using Lock.Scope scope = Begin();
        (Allocation allocation, long offset) = Find(address, bytes);
        NativeMemory.Fill(allocation.Memory.Data + offset, (nuint)bytes, value);
        allocation.Memory.Written.SetRange(offset, bytes);
    }

    /// <summary>Runs a kernel to its end. What it does wrong is in <see cref="Findings"/>.</summary>
    /// <exception cref="EmulationException">The launch is beyond the architecture's limits or does not fit the kernel, a failure is played,
    /// or the device is lost.</exception>
    public LaunchStatistics Launch(EmulatedFunction function, Index3 grid, Index3 block, int sharedBytes, LaunchArguments arguments)
    {
        using Lock.Scope scope = Begin();
        LaunchLimits.Check(Limits, function.Program, grid, block, sharedBytes);
        if (Faults.NextLaunchFails()) throw new EmulationException(EmulationError.LaunchFailed, $"the launch of '{function.Name}' failed");
        return Run(function, grid, block, sharedBytes, ParameterLayout.Pack(function.Program, arguments));
    }

    /// <summary>Runs a kernel whose shape and arguments were checked.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    /// <param name="parameters">The values, each where the kernel's parameter lies.</param>
    internal LaunchStatistics Run(EmulatedFunction function, Index3 grid, Index3 block, int sharedBytes, ReadOnlySpan<byte> parameters)
    {
        foreach (Allocation allocation in addresses.Allocations)
            if (!allocation.IsFreed) allocation.Memory.StartAnew();
        Allocation values = Load(function.Program, parameters);
        try
        {
            using var run = new Grid(
                function.Program, grid, block, sharedBytes, values, addresses, log, unchecked(seed * 7919 + launches++), IdleLimit);
            run.Run();
            return run.Statistics;
        }
        finally
        {
            addresses.Remove(values);
        }
    }

    public void Dispose() => addresses.Dispose();

    private Lock.Scope Begin()
    {
        Lock.Scope scope = gate.EnterScope();
        Faults.NextCall();
        if (!Faults.IsLost) return scope;
        scope.Dispose();
        throw new EmulationException(EmulationError.DeviceLost, "the device is lost");
    }

    private (Allocation Allocation, long Offset) Find(ulong address, long bytes)
    {
        Allocation? allocation = addresses.AtOrBelow(address);
        if (allocation is null || allocation.IsFreed || address - allocation.Address + (ulong)bytes > (ulong)allocation.Length)
            throw new EmulationException(EmulationError.InvalidValue, $"no allocation holds {bytes} bytes at 0x{address:x}");
        return (allocation, (long)(address - allocation.Address));
    }

    private unsafe Allocation Load(Program program, ReadOnlySpan<byte> parameters)
    {
        Allocation values = addresses.AllocateParameters(program.Parameters.Bytes);
        parameters.CopyTo(new Span<byte>(values.Memory.Data, program.Parameters.Bytes));
        foreach (PtxVariable parameter in program.Entry.Parameters)
            values.Memory.Written.SetRange(program.Parameters[parameter], parameter.Bytes);
        return values;
    }
}
