using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation.Tests;

public sealed class FindingTests : IDisposable
{
    private readonly EmulatedDevice device = new(new Architecture(8, 0), 5);

    public void Dispose() => device.Dispose();

    [Fact]
    public void A_read_of_device_memory_that_nobody_wrote_is_found()
    {
        ulong buffer = device.Allocate(128, "fresh");
        SmallKernels.Launch(device, SmallKernels.Of("ld.global.u32 %r2, [%rd2];"), buffer);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.UninitialisedRead, "fresh", 32), (finding.Kind, finding.Allocation, finding.Count));
    }

    [Fact]
    public void An_access_to_freed_memory_is_found()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        device.Free(buffer);
        SmallKernels.Launch(device, SmallKernels.Of("st.global.u32 [%rd2], %r1;"), buffer);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.OutOfBounds, "the allocation was freed"), (finding.Kind, finding.Message));
    }

    [Fact]
    public void A_write_to_constant_memory_is_found()
    {
        string ptx = SmallKernels.Of("mov.u64 %rd3, table; st.global.u32 [%rd3], 1;", ".const .align 4 .b32 table[4] = {1, 2, 3, 4};");
        SmallKernels.Launch(device, ptx, SmallKernels.Zeros(device, 32));
        Assert.Equal(FindingKind.ReadOnlyWrite, Assert.Single(device.Findings).Kind);
    }

    [Fact]
    public void A_kernel_that_gives_up_ends_the_launch_and_is_found()
    {
        SmallKernels.Launch(device, SmallKernels.Of("setp.eq.u32 %p1, %r1, 7; @%p1 trap;"), SmallKernels.Zeros(device, 32));
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.Trap, new Index3(7, 0, 0)), (finding.Kind, finding.Thread));
    }

    [Fact]
    public void A_shared_variable_does_not_reach_into_its_neighbour()
    {
        string ptx = SmallKernels.Of("mov.u32 %r2, first; st.shared.u32 [%r2+16], %r1;",
            ".shared .align 4 .b8 first[16];\n.shared .align 4 .b8 second[16];");
        SmallKernels.Launch(device, ptx, SmallKernels.Zeros(device, 32), threads: 1);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.OutOfBounds, "first", 16L), (finding.Kind, finding.Allocation, finding.Offset));
    }

    [Fact]
    public void Threads_that_wait_in_a_loop_for_ever_are_a_deadlock()
    {
        device.IdleLimit = 10_000;
        SmallKernels.Launch(device,
            SmallKernels.Of("again: ld.volatile.global.u32 %r2, [%rd1]; setp.eq.u32 %p1, %r2, 0; @%p1 bra again;"), SmallKernels.Zeros(device, 32));
        Assert.Equal(FindingKind.Deadlock, Assert.Single(device.Findings).Kind);
    }

    [Fact]
    public void A_barrier_that_a_whole_warp_leaves_out_is_divergent()
    {
        SmallKernels.Launch(device, SmallKernels.Of("setp.ge.u32 %p1, %r1, 32; @%p1 bra done; bar.sync 0; done:"),
            SmallKernels.Zeros(device, 64), threads: 64);
        Assert.Equal(FindingKind.DivergentBarrier, Assert.Single(device.Findings).Kind);
    }

    [Fact]
    public void Lanes_that_write_different_values_to_one_word_race_and_those_that_write_the_same_do_not()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        SmallKernels.Launch(device, SmallKernels.Of("st.global.u32 [%rd1], 7;"), buffer);
        Assert.Empty(device.Findings);
        SmallKernels.Launch(device, SmallKernels.Of("st.global.u32 [%rd1], %r1;"), buffer);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.Race, "write/write", "lanes of one warp"), (finding.Kind, finding.Pair, finding.Between));
    }

    [Fact]
    public void Neighbouring_bytes_that_different_warps_write_are_no_race()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        SmallKernels.Launch(device, SmallKernels.Of("cvt.u64.u32 %rd3, %r1; add.s64 %rd3, %rd1, %rd3; st.global.u8 [%rd3], %r1;"), buffer, threads: 128);
        Assert.Empty(device.Findings);
    }

    [Fact]
    public void A_second_launch_is_ordered_after_the_first()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        SmallKernels.Launch(device, SmallKernels.Of("st.global.u32 [%rd2], %r1;"), buffer);
        SmallKernels.Launch(device, SmallKernels.Of("xor.b32 %r3, %r1, 5; mul.wide.u32 %rd3, %r3, 4; add.s64 %rd3, %rd1, %rd3; ld.global.u32 %r2, [%rd3];"), buffer);
        Assert.Empty(device.Findings);
    }

    [Fact]
    public void A_release_of_block_scope_orders_nothing_for_another_block()
    {
        const string publish = """
                mov.u32 %r2, %ctaid.x;
                setp.eq.u32 %p1, %r2, 0;
                @!%p1 bra wait;
                st.global.u32 [%rd1+4], 9;
                st.release.SCOPE.global.u32 [%rd1], 1;
                bra done;
            wait:
                ld.acquire.gpu.global.u32 %r3, [%rd1];
                setp.eq.u32 %p2, %r3, 0;
                @%p2 bra wait;
                ld.global.u32 %r4, [%rd1+4];
            done:
            """;
        foreach ((string scope, int races) in new[] { ("gpu", 0), ("cta", 1) })
        {
            device.ClearFindings();
            SmallKernels.Launch(device, SmallKernels.Of(publish.Replace("SCOPE", scope, StringComparison.Ordinal)),
                SmallKernels.Zeros(device, 32), threads: 1, blocks: 2);
            Assert.Equal(races, device.Findings.Count(f => f.Kind == FindingKind.Race));
        }
    }

    [Fact]
    public void A_finding_names_kernel_instruction_place_and_source_line()
    {
        ulong buffer = SmallKernels.Zeros(device, 32);
        SmallKernels.Launch(device, SmallKernels.Of(".loc 1 42 7\n st.global.u32 [%rd2+64], %r1;"), buffer);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal(("small", "st.global.u32", 42, new Index3(16, 0, 0), 128L),
            (finding.Kernel, finding.Instruction, finding.SourceLine, finding.Thread, finding.Offset));
        Assert.Contains("out-of-bounds in small, PTX line ", finding.ToString(), StringComparison.Ordinal);
        Assert.Contains("buffer+128", finding.ToString(), StringComparison.Ordinal);
    }
}
