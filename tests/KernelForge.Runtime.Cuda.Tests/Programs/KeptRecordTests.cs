using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>What the record of a batch says where its sequences have rows of earlier runs.</summary>
public sealed class KeptRecordTests : IDisposable
{
    private readonly ProgramPlan plan = new(new KeptEntries());
    private readonly Keeping program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Positions_items_and_tables_go_on_where_the_last_run_ended()
    {
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        int[] numbers = Fed(cache, 70, 2);
        CudaRun run = Run();
        run.GoesOn(input: 0);
        CudaSpace tokens = run.Space(0, input: 0);
        RecordPart positions = run.Positions(tokens).Part, bases = run.Bases(tokens).Part, table = run.Differences(0, tokens, tokens).Part;
        AttentionPair pair = plan.Pair(tokens, tokens);
        CudaBatch batch = Batch();
        var rows = new RaggedMatrix([3, 1], 1);
        using CacheRun steps = cache.Begin(program, numbers, fresh: false, new AddedRows(0, rows));
        batch.Set([new RunInput(rows)], steps);
        BatchKey key = Key(batch);

        Assert.Equal([70, 71, 72, 2], Filled(positions, batch, key)[..4]);
        Assert.Equal([70, 2], Filled(bases, batch, key)[..2]);
        // Query start and length, key start and length, first query, sequence, bases: the longest first.
        Assert.Equal(
            [2, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 73, 0, 0, 70, 70, 3, 1, 3, 3, 0, 1, 2, 2], Filled(pair.Work, batch, key)[..24]);
        Assert.Equal((72, AttentionFamily.Stream), (Filled(table, batch, key)[0], key.Family(0)));
        Assert.Equal((64, 80, 80), (tokens.RowCapacity(key), tokens.TotalCapacity(key), tokens.LongestCapacity(key)));
        Assert.EndsWith("80 rows with those of earlier runs", key.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Kept_rows_stand_before_the_new_ones_as_far_as_they_reach()
    {
        using SequenceCache cache = SequenceCache.For(program, new CacheLayout(), "Layer", 1 << 20);
        int[] numbers = Fed(cache, 70, 2);
        CudaRun run = Run();
        run.GoesOn(input: 0);
        CudaSpace tokens = run.Space(0, input: 0), few = plan.KeptSpace(tokens, 3), all = plan.KeptSpace(tokens, int.MaxValue);
        plan.UseTotal(tokens);
        Assert.Same(few, plan.KeptSpace(tokens, 3));
        CudaBatch batch = Batch();
        var rows = new RaggedMatrix([4, 1], 1);
        using CacheRun steps = cache.Begin(program, numbers, fresh: false, new AddedRows(0, rows));
        batch.Set([new RunInput(rows)], steps);
        BatchKey key = Key(batch);

        Assert.Equal([0, 7, 10], batch.Offsets(few));
        Assert.Equal([67, 0], batch.Bases(few));
        Assert.Equal((74, 3), (batch.Length(few, 0), batch.Length(few, 1)));
        Assert.Equal([0, 74, 77], batch.Offsets(all));
        Assert.Equal([0, 0], batch.Bases(all));
        Assert.Equal((80, 80), (few.RowCapacity(key), all.RowCapacity(key)));
    }

    [Fact]
    public void A_schedule_says_first_which_input_goes_on() =>
        Assert.Contains("says first", Assert.Throws<InvalidOperationException>(() => Run().Space(0, input: 0)).Message, StringComparison.Ordinal);

    private int[] Fed(SequenceCache cache, params int[] lengths)
    {
        int[] numbers = [.. lengths.Select(_ => cache.Add())];
        using CacheRun run = cache.Begin(program, numbers, fresh: true, new AddedRows(0, new RaggedMatrix(lengths, 1)));
        run.Commit();
        return numbers;
    }

    private CudaRun Run() =>
        new(plan, null!, CudaPrecision.Float32, DeviceLimits.Of(Architecture.Parse("sm_80")), (_, values, zero) => values.Fill(zero));

    private CudaBatch Batch() => new(plan, (_, _, _, _) => { }, (_, _, _, _) => { });

    private BatchKey Key(CudaBatch batch)
    {
        plan.Complete();
        var key = new BatchKey(plan.InputCount, plan.LengthsCount, plan.Pairs.Count, plan.TotalCount);
        plan.SetKey(key, batch);
        return key;
    }

    private static int[] Filled(RecordPart part, CudaBatch batch, BatchKey key)
    {
        int[] values = new int[part.Capacity(key)];
        part.Fill(values, batch, key);
        return values;
    }

    /// <summary>A program that counts rows and keeps nothing else.</summary>
    private sealed class Keeping : CompiledProgram
    {
        public override CacheLayout Layout { get; } = new CacheLayout().Space(0, goesOn: true);

        public override void Run(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs) { }

        protected override void Free() { }
    }
}
