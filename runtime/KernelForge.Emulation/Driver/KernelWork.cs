using System.Buffers.Binary;
using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Emulation.Driver;

/// <summary>A kernel with its shape and arguments.</summary>
internal sealed class KernelWork : Work
{
    private readonly LoadedFunction function;
    private readonly Index3 grid, block;
    private readonly int sharedBytes;
    private readonly byte[] parameters;
    private readonly List<(int Argument, Allocation Allocation)> pointers = [];

    /// <exception cref="EmulationException">The architecture or the kernel does not allow it; the message says what.</exception>
    public KernelWork(LoadedFunction function, in LaunchShape shape, KernelArguments arguments, EmulatedDevice device)
    {
        this.function = function;
        (grid, block, sharedBytes) = (Extent(shape.Grid), Extent(shape.Block), shape.SharedBytes);
        Program program = function.Function.Program;
        LaunchLimits.Check(device.Limits, program, grid, block, sharedBytes);
        if (sharedBytes > function.MaxDynamicSharedBytes)
        {
            throw new EmulationException(EmulationError.InvalidValue,
                $"the launch of '{function.Name}' has {sharedBytes} dynamic bytes of shared memory, and MaxDynamicSharedSizeBytes of the " +
                $"kernel is {function.MaxDynamicSharedBytes}");
        }
        parameters = ParameterLayout.Check(program, arguments.Values, arguments.Offsets);
        for (int i = 0; i < program.Entry.Parameters.Length; i++) FindPointers(program, i, device.Addresses);
    }

    public override void Run(Machine machine)
    {
        if (function.Module.IsUnloaded)
        {
            machine.Report(Findings.FindingKind.UseAfterFree, function.Name, "the kernel's module was unloaded before the kernel ran");
            return;
        }
        foreach ((int argument, Allocation allocation) in pointers)
        {
            if (!allocation.IsFreed) continue;
            machine.Report(Findings.FindingKind.UseAfterFree, function.Name,
                $"argument {argument} pointed into '{allocation.Name}' at 0x{allocation.Address:x}, which was freed before the kernel ran");
        }
        if (!machine.Failed) machine.Run(function.Function, grid, block, sharedBytes, parameters);
    }

    private static Index3 Extent(Dim3 extent) => new(extent.X, extent.Y, extent.Z);

    // Eight bytes that are an address of something allocated: no other number is likely to be one.
    private void FindPointers(Program program, int argument, AddressSpace addresses)
    {
        PtxVariable parameter = program.Entry.Parameters[argument];
        int start = program.Parameters[parameter];
        for (int offset = start; offset + 8 <= start + parameter.Bytes; offset += 8)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(parameters.AsSpan(offset));
            if (addresses.AtOrBelow(value) is { IsFreed: false } allocation && allocation.Contains(value, 1)) pointers.Add((argument, allocation));
        }
    }
}
