using KernelForge.Runtime.Cuda.Execution;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Modules;

/// <summary>A kernel of a loaded module, and what it takes of a multiprocessor.</summary>
public sealed class CudaKernel
{
    private readonly CudaModule module;
    private readonly FunctionHandle function;
    private int sharedLimit;

    internal CudaKernel(CudaModule module, FunctionHandle function, string name)
    {
        this.module = module;
        this.function = function;
        Name = name;
        Registers = Property(FunctionProperty.NumRegs);
        LocalBytes = Property(FunctionProperty.LocalSizeBytes);
        StaticSharedBytes = Property(FunctionProperty.SharedSizeBytes);
        MaxThreads = Property(FunctionProperty.MaxThreadsPerBlock);
        sharedLimit = Property(FunctionProperty.MaxDynamicSharedSizeBytes);
    }

    public string Name { get; }

    /// <summary>Of each thread.</summary>
    public int Registers { get; }

    /// <summary>Bytes of each thread that lie in memory because no register was left.</summary>
    public int LocalBytes { get; }

    /// <summary>Bytes of shared memory that the code itself declares.</summary>
    public int StaticSharedBytes { get; }

    /// <summary>Threads that a block can have at most.</summary>
    public int MaxThreads { get; }

    private CudaContext Context => module.Context;

    /// <summary>Blocks of a shape that one multiprocessor runs at a time.</summary>
    /// <exception cref="CudaException">No block of this shape can run.</exception>
    public int BlocksAtATime(int blockThreads, int dynamicSharedBytes)
    {
        Context.Enter();
        module.ThrowIfUnloaded();
        AllowShared(dynamicSharedBytes);
        CudaResult result = Context.Driver.GetMaxActiveBlocks(function, blockThreads, (nuint)dynamicSharedBytes, out int blocks);
        string shape = $"{blockThreads} threads, {dynamicSharedBytes} bytes of shared memory";
        Context.Check("cuOccupancyMaxActiveBlocksPerMultiprocessor", result, Name, shape);
        return blocks;
    }

    /// <summary>Gives the kernel to a stream. What it does wrong shows when the stream is waited for.</summary>
    /// <exception cref="CudaException">The device cannot run this shape, or is lost.</exception>
    public void Launch(CudaStream stream, in LaunchShape shape, ArgumentBuffer arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arguments);
        Context.Enter();
        module.ThrowIfUnloaded();
        AllowShared(shape.SharedBytes);
        CudaResult result = Context.Driver.Launch(function, shape, stream.Stream, arguments.Arguments);
        if (result != CudaResult.Success) Context.Check("cuLaunchKernelEx", result, Name, shape.ToString());
        stream.Given(Name);
    }

    /// <summary>More than the usual 48 KiB is had by asking once.</summary>
    private void AllowShared(int bytes)
    {
        if (bytes <= sharedLimit) return;
        int most = Context.SharedBytesOfBlock - StaticSharedBytes;
        if (bytes > most)
        {
            throw new CudaException(
                $"kernel '{Name}' wants {bytes} bytes of dynamic shared memory; " +
                $"a block of '{Context.Name}' ({Context.Architecture}) has at most {most}");
        }
        CudaResult result = Context.Driver.SetFunctionProperty(function, FunctionProperty.MaxDynamicSharedSizeBytes, bytes);
        Context.Check("cuFuncSetAttribute", result, Name, $"{bytes} bytes of dynamic shared memory were asked for");
        sharedLimit = bytes;
    }

    private int Property(FunctionProperty property)
    {
        Context.Check("cuFuncGetAttribute", Context.Driver.GetFunctionProperty(function, property, out int value), Name);
        return value;
    }
}
