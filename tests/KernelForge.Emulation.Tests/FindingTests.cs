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

    [Fact]
    public void An_asynchronous_copy_that_nobody_waits_for_is_found()
    {
        const string copy = "mov.u32 %r2, tile; cp.async.ca.shared.global [%r2], [%rd1], 8; cp.async.commit_group;";
        const string tile = ".shared .align 16 .b8 tile[16];";
        SmallKernels.Launch(device, SmallKernels.Of(copy + "cp.async.wait_group 0;", tile), SmallKernels.Zeros(device, 32), threads: 1);
        Assert.Empty(device.Findings);
        SmallKernels.Launch(device, SmallKernels.Of(copy + "cp.async.wait_group 1;", tile), SmallKernels.Zeros(device, 32), threads: 1);
        Finding finding = Assert.Single(device.Findings);
        Assert.Equal((FindingKind.AsyncNotWaited, "tile", 8, "cp.async.ca.shared.global"),
            (finding.Kind, finding.Allocation, finding.Bytes, finding.Instruction));
    }

    [Theory, InlineData("ld.global.u32 %r2, [%rd1];"), InlineData("st.global.u32 [%rd1], %r1;"), InlineData("ld.volatile.global.u32 %r2, [%rd1];")]
    public void An_ordinary_access_that_comes_after_the_last_of_two_atomics_alone_races_with_the_other(string access)
    {
        // Threads 0 and 32 add; threads 32 and 64 meet at a barrier, and thread 64 goes on.
        string ptx = SmallKernels.Of($"""
            and.b32 %r3, %r1, 31;
            setp.ne.u32 %p1, %r3, 0;
            @%p1 bra met;
            setp.eq.u32 %p1, %r1, 64;
            @!%p1 red.global.add.u32 [%rd1], 1;
            met:
            setp.lt.u32 %p2, %r1, 32;
            @%p2 bra done;
            bar.sync 1, 64;
            setp.ne.u32 %p1, %r1, 64;
            @%p1 bra done;
            {access}
            done:
            """);
        for (int seed = 0; seed < 6; seed++)
        {
            using var other = new EmulatedDevice(new Architecture(8, 0), seed);
            SmallKernels.Launch(other, ptx, SmallKernels.Zeros(other, 32), threads: 96);
            if (access.Contains("volatile", StringComparison.Ordinal)) Assert.Empty(other.Findings);
            else Assert.Equal((FindingKind.Race, "warps"), (Assert.Single(other.Findings).Kind, other.Findings[0].Between));
        }
    }

    [Fact]
    public void An_ordinary_access_that_comes_after_all_atomics_is_no_race()
    {
        string ptx = SmallKernels.Of("red.global.add.u32 [%rd1], 1; bar.sync 0; ld.global.u32 %r2, [%rd1]; bar.sync 0; setp.eq.u32 %p1, %r1, 7; @%p1 st.global.u32 [%rd1], 5;");
        SmallKernels.Launch(device, ptx, SmallKernels.Zeros(device, 256), threads: 256);
        Assert.Empty(device.Findings);
    }
}
