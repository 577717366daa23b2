using KernelForge.Emulation.Ptx;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation.Tests;

public sealed class DeviceTests : IDisposable
{
    private readonly EmulatedDevice device = new(new Architecture(8, 0), 1);

    public void Dispose() => device.Dispose();

    [Theory]
    [InlineData("frobnicate.u32 %r1, %r1;", "frobnicate.u32")]
    [InlineData("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.xor.popc {%r1}, {%r1}, {%r1}, {%r1};", "mma.sync")]
    [InlineData("add.u32 %r1, %rd1, %r1;", "add.u32")]
    public void An_instruction_that_is_not_known_is_named_with_its_line_and_never_skipped(string instruction, string name)
    {
        var refused = Assert.Throws<PtxException>(() => device.LoadModule(SmallKernels.Of(instruction)));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Equal(14, refused.Line);
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused_by_name()
    {
        const string function = ".func loop() { call.uni loop, (); ret; }";
        var refused = Assert.Throws<PtxException>(() => device.LoadModule(SmallKernels.Of("call.uni loop, ();", function)));
        Assert.Contains("'loop' calls itself", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1025, 1, 0, "a block of (1025, 1, 1)")]
    [InlineData(32, 0, 0, "a grid of (0, 1, 1)")]
    [InlineData(32, 1, 170_000, "170000 dynamic bytes")]
    public void A_launch_beyond_the_limits_says_what_is_too_much(int threads, int blocks, int sharedBytes, string words)
    {
        ulong buffer = SmallKernels.Zeros(device, 2048);
        var refused = Assert.Throws<EmulationException>(() => SmallKernels.Launch(device, SmallKernels.Of(""), buffer, threads, blocks, sharedBytes));
        Assert.Equal(EmulationError.InvalidValue, refused.Error);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_of_the_wrong_number_or_size_are_refused()
    {
        EmulatedFunction function = device.LoadModule(SmallKernels.Of("")).GetFunction("small");
        Assert.Throws<EmulationException>(() => device.Launch(function, new(1), new(32), 0, new LaunchArguments()));
        Assert.Throws<EmulationException>(() => device.Launch(function, new(1), new(32), 0, new LaunchArguments().Add(1)));
        device.Launch(function, new(1), new(32), 0, new LaunchArguments().Add(1ul));
    }

    [Fact]
    public void The_nth_allocation_fails_and_the_next_one_works()
    {
        device.Faults.FailAllocation = 2;
        device.Allocate(16);
        Assert.Equal(EmulationError.OutOfMemory, Assert.Throws<EmulationException>(() => device.Allocate(16)).Error);
        device.Allocate(16);
    }

    [Fact]
    public void A_launch_that_is_played_to_fail_leaves_memory_as_it_was()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        string ptx = SmallKernels.Of("st.global.u32 [%rd2], 1;");
        device.Faults.FailLaunch = 1;
        Assert.Equal(EmulationError.LaunchFailed, Assert.Throws<EmulationException>(() => SmallKernels.Launch(device, ptx, buffer)).Error);
        Assert.All(Words(buffer), w => Assert.Equal(0, w));
        SmallKernels.Launch(device, ptx, buffer);
        Assert.All(Words(buffer), w => Assert.Equal(1, w));
    }

    [Fact]
    public void A_lost_device_refuses_everything()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        device.Faults.LoseDevice = 2;
        Words(buffer);
        Assert.Equal(EmulationError.DeviceLost, Assert.Throws<EmulationException>(() => Words(buffer)).Error);
        Assert.Equal(EmulationError.DeviceLost, Assert.Throws<EmulationException>(() => device.Allocate(4)).Error);
        Assert.Equal(EmulationError.DeviceLost, Assert.Throws<EmulationException>(() => device.Free(buffer)).Error);
    }

    [Fact]
    public void Copies_that_leave_an_allocation_are_refused()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        Assert.Throws<EmulationException>(() => device.CopyTo(buffer + 64, new byte[128]));
        Assert.Throws<EmulationException>(() => device.CopyFrom(buffer - 1, new byte[1]));
        device.Free(buffer);
        Assert.Throws<EmulationException>(() => device.CopyFrom(buffer, new byte[1]));
        Assert.Throws<EmulationException>(() => device.Free(buffer));
    }

    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        // Which warp's atomic comes first decides what each gets.
        string ptx = SmallKernels.Of("atom.global.add.u32 %r2, [%rd1], 1; st.global.u32 [%rd2+4], %r2;");
        int[] Order(int seed)
        {
            using var other = new EmulatedDevice(new Architecture(8, 0), seed);
            ulong buffer = SmallKernels.Zeros(other, 513);
            SmallKernels.Launch(other, ptx, buffer, threads: 512);
            int[] words = new int[513];
            other.CopyFrom<int>(buffer, words);
            return words;
        }
        Assert.Equal(Order(11), Order(11));
        Assert.Contains(Enumerable.Range(0, 8), seed => !Order(seed).SequenceEqual(Order(11)));
    }

    [Fact]
    public void A_launch_counts_what_it_moves_and_multiplies()
    {
        ulong buffer = SmallKernels.Zeros(device, 128);
        string ptx = SmallKernels.Of("ld.global.u32 %r2, [%rd2]; fma.rn.f32 %r3, %r2, %r2, %r2; st.global.u32 [%rd2], %r3;");
        LaunchStatistics statistics = SmallKernels.Launch(device, ptx, buffer, threads: 64, blocks: 1);
        Assert.Equal((256L, 256L, 64L), (statistics.GlobalBytesRead, statistics.GlobalBytesWritten, statistics.MultiplyAdds));
        Assert.Equal(8 * 64, statistics.LaneInstructions);
    }

    private int[] Words(ulong buffer)
    {
        int[] words = new int[32];
        device.CopyFrom<int>(buffer, words);
        return words;
    }
}
