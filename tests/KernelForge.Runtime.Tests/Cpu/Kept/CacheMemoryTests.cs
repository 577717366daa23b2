using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu.Kept;

/// <summary>Blocks and states: what is in use, what a full cache and a failed run leave, and that warm steps allocate nothing.</summary>
public sealed class CacheMemoryTests
{
    private static readonly AttentionShape Shape = new(2, 1, 8, 8);

    /// <summary>Of 32 rows: keys of 8 columns, values of 8 filled up to 16.</summary>
    private const int Block = 32 * (8 + 16) * sizeof(float);

    [Fact]
    public void A_full_cache_changes_nothing_and_has_room_after_a_removal()
    {
        using AttentionProgram<Float256, PlainScore, AttentionTests.Causal> program = Program();
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 3 * Block);
        var stepper = new Stepper(program, cache, Shape.OutputColumns);
        Running a = stepper.Begin(1, 100, Shape.Columns), b = stepper.Begin(2, 60, Shape.Columns);
        stepper.Step((a, 33));
        stepper.Step((b, 30), (a, 31));
        Assert.Equal(3 * Block, cache.Used);
        CacheFullException full = Assert.Throws<CacheFullException>(() => stepper.Step((a, 1), (b, 3)));
        Assert.Equal((2 * Block, 3 * Block, 3 * Block), (full.Needed, full.Used, full.Budget));
        Assert.Equal((64, 30, 3L * Block), (cache.Length(a.Number), cache.Length(b.Number), cache.Used));
        stepper.Step((b, 2));
        Assert.Throws<CacheFullException>(() => stepper.Step((b, 1)));
        cache.Remove(a.Number);
        Assert.Equal(Block, cache.Used);
        stepper.Step((b, 28));
    }

    [Fact]
    public void Forks_share_blocks_until_one_writes()
    {
        using AttentionProgram<Float256, PlainScore, AttentionTests.Causal> program = Program();
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        var stepper = new Stepper(program, cache, Shape.OutputColumns);
        Running a = stepper.Begin(1, 100, Shape.Columns);
        stepper.Step((a, 40));
        Running b = stepper.Fork(a, 2, 90), c = stepper.Fork(a, 3, 80);
        Assert.Equal(2 * Block, cache.Used);
        stepper.Step((b, 1));
        Assert.Equal(3 * Block, cache.Used);
        stepper.Step((a, 1), (c, 1));
        Assert.Equal(4 * Block, cache.Used);
        stepper.Step((a, 59), (b, 49), (c, 39));
        cache.Remove(a.Number);
        cache.Remove(b.Number);
        cache.Remove(c.Number);
        Assert.Equal(0, cache.Used);
    }

    [Fact]
    public void A_run_that_fails_leaves_the_cache_as_it_was()
    {
        using AttentionProgram<Float256, PlainScore, AttentionTests.Causal> program = Program();
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        var stepper = new Stepper(program, cache, Shape.OutputColumns);
        Running a = stepper.Begin(1, 100, Shape.Columns), b = stepper.Begin(2, 100, Shape.Columns);
        stepper.Step((a, 40));
        Running fork = stepper.Fork(a, 3, 100);
        long used = cache.Used;
        program.Ending = () => throw new InvalidDataException("in the middle");
        Assert.Throws<InvalidDataException>(() => stepper.Step((b, 50), (fork, 40), (a, 1)));
        Assert.Equal((used, 40, 0, 40), (cache.Used, cache.Length(a.Number), cache.Length(b.Number), cache.Length(fork.Number)));
        program.Ending = () => { };
        stepper.Step((fork, 2), (a, 60), (b, 100));
        stepper.Step((fork, 58));
    }

    [Fact]
    public void A_cache_belongs_to_one_program_and_a_program_without_a_layout_has_none()
    {
        using AttentionProgram<Float256, PlainScore, AttentionTests.Causal> program = Program(), other = Program();
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        int a = cache.Add();
        var rows = new RaggedMatrix([1], Shape.Columns);
        Assert.Throws<ArgumentException>(() => cache.Begin(other, [a], false, new AddedRows(0, rows)));
        Assert.Throws<NotSupportedException>(() => SequenceCache.For(new Whole(), new CacheLayout(), "Layer", 1));
        CacheRun run = cache.Begin(program, [a], false, new AddedRows(0, rows));
        Assert.Contains("0 attentions", Assert.Throws<InvalidOperationException>(run.Commit).Message, StringComparison.Ordinal);
        cache.Dispose();
        run.Dispose();
        Assert.Throws<NotSupportedException>(() => new Whole().Run([], [], run));
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        using AttentionProgram<Float256, PlainScore, AttentionTests.Causal> program = Program();
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        int[] numbers = [cache.Add(), cache.Add(), cache.Add()];
        RaggedMatrix input = new([1, 1, 1], Shape.Columns), output = new([1, 1, 1], Shape.OutputColumns);
        long least = long.MaxValue;
        for (int step = 0; step < 60; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            using (CacheRun run = cache.Begin(program, numbers, fresh: false, new AddedRows(0, input)))
            {
                program.Run([new RunInput(input)], [new RunOutput(output)], run);
                run.Commit();
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    private static AttentionProgram<Float256, PlainScore, AttentionTests.Causal> Program() =>
        new(new CpuDevice(2, 0), Shape, 1, default, default);

    private sealed class Whole : CompiledProgram
    {
        public override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs) { }

        protected override void Free() { }
    }
}
