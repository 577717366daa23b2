using KernelForge.Emulation.Driver;
using KernelForge.Library.Tests;
using KernelForge.Library.Tests.Incremental;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests.Kept;

/// <summary>What a cache promises holds in device memory too: forks, full budgets, runs that fail.</summary>
public sealed class DeviceCacheTests
{
    /// <summary>Of 32 rows: keys and values of 12 columns, filled up to 16, in floats.</summary>
    private const int Block = 32 * (16 + 16) * sizeof(float);

    private readonly EmulatedDriver driver = new(seed: 6);

    [Theory, InlineData(CudaPrecision.Float32), InlineData(CudaPrecision.Float16)]
    public void Forks_share_blocks_until_one_writes(CudaPrecision precision)
    {
        using Decoder layer = Loaded(new Decoder(24, 2, 1, 1, int.MaxValue), (l, w, d) => l.LoadWeights(w, d), precision);
        using SequenceCache cache = layer.NewCache(1 << 20);
        var feeder = Feeder.Of(layer);
        int block = Block / 4 * precision.Bytes;
        var a = Line.Of(cache.Add(), 70, 1);
        feeder.Step(cache, (a, 40));
        Line b = a.Fork(cache, 2), c = a.Fork(cache, 3);
        Assert.Equal(2 * block, cache.Used);
        feeder.Step(cache, (b, 1));
        Assert.Equal(3 * block, cache.Used);
        feeder.Step(cache, (a, 1), (c, 1));
        Assert.Equal(4 * block, cache.Used);
        feeder.Step(cache, (b, 29), (a, 3), (c, 10));
        foreach (Line line in (Line[])[a, b, c]) cache.Remove(line.Number);
        Assert.Equal(0, cache.Used);
    }

    [Fact]
    public void Forks_have_states_of_their_own()
    {
        using Recurrent layer = Loaded(new Recurrent(24, 5, 4), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(1 << 20);
        var feeder = Feeder.Of(layer);
        var a = Line.Of(cache.Add(), 20, 1);
        feeder.Step(cache, (a, 7));
        Line b = a.Fork(cache, 2);
        feeder.Step(cache, (b, 2));
        feeder.Step(cache, (a, 1));
        Line c = b.Fork(cache, 3);
        feeder.Step(cache, (c, 1), (a, 4), (b, 3));
    }

    [Fact]
    public void A_full_cache_changes_nothing_and_has_room_after_a_removal()
    {
        using Decoder layer = Loaded(new Decoder(24, 2, 1, 1, int.MaxValue), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(3 * Block);
        var feeder = Feeder.Of(layer);
        Line a = Line.Of(cache.Add(), 70, 1), b = Line.Of(cache.Add(), 70, 2);
        feeder.Step(cache, (b, 30), (a, 64));
        CacheFullException full = Assert.Throws<CacheFullException>(() => feeder.Step(cache, (a, 1), (b, 3)));
        Assert.Equal((2 * Block, 3 * Block, 3 * Block), (full.Needed, full.Used, full.Budget));
        feeder.Step(cache, (b, 2));
        cache.Remove(a.Number);
        Assert.Equal(Block, cache.Used);
        feeder.Step(cache, (b, 3));
    }

    [Fact]
    public void Blocks_behind_a_window_serve_others()
    {
        using Decoder layer = Loaded(new Decoder(24, 2, 1, 1, 20), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(1 << 20);
        var feeder = Feeder.Of(layer);
        var line = Line.Of(cache.Add(), 170, 1);
        foreach (int rows in (int[])[70, 1, 9, 40, 2, 30])
        {
            feeder.Step(cache, (line, rows));
            Assert.InRange(cache.Used, Block, 2 * Block);
        }
    }

    [Fact]
    public void A_run_that_fails_leaves_the_cache_as_it_was()
    {
        using Decoder layer = Loaded(new Decoder(24, 2, 1, 1, int.MaxValue), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(1 << 20);
        var feeder = Feeder.Of(layer);
        Line a = Line.Of(cache.Add(), 50, 1), b = Line.Of(cache.Add(), 50, 2);
        feeder.Step(cache, (a, 40));
        Line fork = a.Fork(cache, 3);
        long used = cache.Used;
        driver.Faults.FailLaunch = 1;
        Assert.Throws<CudaException>(() => feeder.Step(cache, (b, 33), (fork, 4), (a, 1)));
        Assert.Equal((used, 40, 0, 40), (cache.Used, cache.Length(a.Number), cache.Length(b.Number), cache.Length(fork.Number)));
        feeder.Step(cache, (fork, 2), (a, 3), (b, 33));
        feeder.Step(cache, (a, 1), (fork, 1));
    }

    [Fact]
    public void A_device_without_memory_for_blocks_leaves_the_cache_as_it_was()
    {
        using Recurrent layer = Loaded(new Recurrent(24, 5, 4), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(1 << 20);
        var feeder = Feeder.Of(layer);
        var a = Line.Of(cache.Add(), 10, 1);
        foreach (int allocation in (int[])[1, 2])
        {
            driver.Faults.FailAllocation = allocation;
            string message = Assert.Throws<CudaException>(() => feeder.Step(cache, (a, 3))).Message;
            Assert.Contains("what sequences keep of RecurrentCuda", message, StringComparison.Ordinal);
            Assert.Equal((0, 0L), (cache.Length(a.Number), cache.Used));
        }
        feeder.Step(cache, (a, 3));
        feeder.Step(cache, (a, 1));
    }

    [Fact]
    public void A_cache_may_outlive_its_layer()
    {
        Decoder layer = Loaded(new Decoder(24, 2, 1, 1, int.MaxValue), (l, w, d) => l.LoadWeights(w, d));
        using SequenceCache cache = layer.NewCache(1 << 20);
        var a = Line.Of(cache.Add(), 10, 1);
        Feeder.Of(layer).Step(cache, (a, 3));
        layer.Dispose();
        int fork = cache.Fork(a.Number);
        cache.Remove(a.Number);
        Assert.Equal((3, Block), (cache.Length(fork), cache.Used));
    }

    private T Loaded<T>(T layer, Action<T, WeightSource, Device> load, CudaPrecision? precision = null)
        where T : ILayer
    {
        _ = NativeCode.Compiler;
        using WeightSource weights = Some.Weights(layer, 11);
        load(layer, weights, CudaDevice.On(driver, 0, precision ?? CudaPrecision.Float32));
        return layer;
    }
}
