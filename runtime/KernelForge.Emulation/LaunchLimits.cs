using KernelForge.Emulation.Execution;
using KernelForge.Emulation.Memory;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation;

/// <summary>Whether a launch is one that the architecture and the kernel allow.</summary>
internal static class LaunchLimits
{
    public static Index3 MaximumBlock { get; } = new(1024, 1024, 64);

    public static Index3 MaximumGrid { get; } = new(int.MaxValue, 65535, 65535);

    public static void Check(ArchitectureLimits limits, Program program, Index3 grid, Index3 block, int sharedBytes)
    {
        CheckExtent("grid", program, grid, MaximumGrid);
        CheckExtent("block", program, block, MaximumBlock);
        int most = Math.Min(limits.ThreadsOfBlock, program.Entry.MaximumThreads ?? int.MaxValue);
        if (block.Volume > most) throw Fail(program, $"a block of {block.Volume} threads, and at most {most} are possible on {limits.Architecture}");
        if (program.Entry.RequiredBlock is { } required && new Index3(required.X, required.Y, required.Z) != block)
            throw Fail(program, $"a block of {block}, and the kernel was compiled for ({required.X}, {required.Y}, {required.Z}) alone");
        long shared = (long)program.Shared.StaticBytes + sharedBytes;
        if (sharedBytes < 0 || shared > limits.SharedBytesOfBlock)
            throw Fail(program, $"{program.Shared.StaticBytes} static and {sharedBytes} dynamic bytes of shared memory, " +
                $"and {limits.Architecture} has {limits.SharedBytesOfBlock} a block");
        if (grid.Volume > Epoch.MaximumBlocks)
            throw Fail(program, $"{grid.Volume} blocks, and the emulated GPU follows at most {Epoch.MaximumBlocks}");
    }

    private static void CheckExtent(string what, Program program, Index3 extent, Index3 most)
    {
        if (extent.X < 1 || extent.Y < 1 || extent.Z < 1 || extent.X > most.X || extent.Y > most.Y || extent.Z > most.Z)
            throw Fail(program, $"a {what} of {extent}, and from 1 to {most} is possible");
    }

    private static EmulationException Fail(Program program, string what) =>
        new(EmulationError.InvalidValue, $"the launch of '{program.Name}' has {what}");
}
