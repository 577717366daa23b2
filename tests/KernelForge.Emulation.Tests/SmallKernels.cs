namespace KernelForge.Emulation.Tests;

/// <summary>Kernels of a few lines around a body; <c>%rd1</c> holds the address <c>buffer</c>, <c>%r1</c> the thread, <c>%rd2</c> its own word.</summary>
internal static class SmallKernels
{
    public static string Of(string body, string before = "") => $$"""
        .version 8.0
        .target sm_80
        .address_size 64
        {{before}}
        .visible .entry small(.param .u64 buffer)
        {
            .reg .pred %p<4>;
            .reg .b32 %r<8>;
            .reg .b64 %rd<8>;
            ld.param.u64 %rd1, [buffer];
            mov.u32 %r1, %tid.x;
            mul.wide.u32 %rd2, %r1, 4;
            add.s64 %rd2, %rd1, %rd2;
        {{body}}
            ret;
        }
        """;

    public static LaunchStatistics Launch(EmulatedDevice device, string ptx, ulong buffer, int threads = 32, int blocks = 1, int sharedBytes = 0) =>
        device.Launch(device.LoadModule(ptx).GetFunction("small"), new Index3(blocks), new Index3(threads), sharedBytes,
            new LaunchArguments().Add(buffer));

    /// <summary>Words of zeros.</summary>
    public static ulong Zeros(EmulatedDevice device, int words)
    {
        ulong buffer = device.Allocate(4L * words, "buffer");
        device.Fill(buffer, 0, 4L * words);
        return buffer;
    }
}
