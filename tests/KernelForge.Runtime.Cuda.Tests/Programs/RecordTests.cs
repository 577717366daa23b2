using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>What kernels find at the addresses of the batch's record.</summary>
public sealed class RecordTests
{
    [Fact]
    public void A_kernel_finds_what_each_row_has()
    {
        var found = new Dictionary<string, int[]>();
        using var gpu = new SmallGpu();
        gpu.Look["embed"] = a =>
        {
            int rows = a.Integers(6)[0];
            found["ids"] = a.Integers(1, rows).ToArray();
            found["types"] = a.Integers(2, rows).ToArray();
            found["positions"] = a.Integers(3, rows).ToArray();
            found["sequences"] = a.Integers(4, rows).ToArray();
        };
        gpu.Look["pool"] = a =>
        {
            found["offsets"] = a.Integers(1, a.Integers(3)[0] + 1).ToArray();
            found["counts"] = [a.Integers(3)[0], a.Integers(4)[0]];
        };
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 90); // what is longer is overwritten or beyond the counts
        SmallGpu.Run(program, 3, 0, 2);
        Assert.Equal([0, 1, 2, 200, 201], found["ids"]);
        Assert.Equal([0, 0, 0, 0, 0], found["types"]);
        Assert.Equal([0, 1, 2, 0, 1], found["positions"]);
        Assert.Equal([0, 0, 0, 2, 2], found["sequences"]);
        Assert.Equal([0, 3, 3, 5], found["offsets"]);
        Assert.Equal([3, 3], found["counts"]);
    }

    [Fact]
    public void Types_that_a_batch_brings_arrive()
    {
        int[] types = [];
        using var gpu = new SmallGpu();
        gpu.Look["embed"] = a => types = a.Integers(2, a.Integers(6)[0]).ToArray();
        using var program = new SmallProgram(gpu.Device);
        program.Run(
            [new(RaggedBatch.Pack([[7, 8], [9]], [[0, 1], [1]])), new(new RaggedMatrix([2, 1], 5))],
            [new(new RaggedMatrix([2, 1], 5)), new(new Matrix(2, 5))]);
        Assert.Equal([0, 1, 1], types);
    }

    [Fact]
    public void Tables_of_differences_reach_from_the_longest_keys_to_the_longest_queries()
    {
        int[] values = [];
        using var gpu = new SmallGpu();
        gpu.Look["attend"] = a =>
        {
            // The float in front takes 8 bytes, since an address follows.
            int zero = a.Integers(3)[0];
            values = a.Integers(2, (2 * zero) + 1).ToArray();
        };
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, 2, 4, 0);
        Assert.Equal([997, 998, 999, 1000, 1001, 1002, 1003], values);
        SmallGpu.Run(program, 1);
        Assert.Equal([1000], values);
        SmallGpu.Run(program, 200);
        Assert.Equal(Enumerable.Range(801, 399), values);
    }

    [Fact]
    public void Work_is_in_blocks_of_queries_the_longest_first()
    {
        int[][] items = [];
        using var gpu = new SmallGpu(precision: CudaPrecision.Float16);
        gpu.Look["attend"] = a => items = [.. a.Integers(4, 8 * a.Integers(5)[0]).ToArray().Chunk(8).Select(item => item[..5])];
        using var program = new SmallProgram(gpu.Device);

        SmallGpu.Run(program, [60, 0, 64], check: false); // each fits one tile
        Assert.Equal([[60, 64, 60, 64, 0], [0, 60, 0, 60, 0]], items);

        SmallGpu.Run(program, [65, 3, 130], check: false);
        Assert.Equal(
            [[68, 130, 68, 130, 0], [68, 130, 68, 130, 64], [68, 130, 68, 130, 128], [0, 65, 0, 65, 0], [0, 65, 0, 65, 64], [65, 3, 65, 3, 0]],
            items);

        SmallGpu.Run(program, [2000, 300], check: false);
        Assert.Equal([.. Enumerable.Range(0, 16).Select(i => 128 * i), 0, 128, 256], items.Select(item => item[4]));

        SmallGpu.Run(program, [0, 0], check: false);
        Assert.Empty(items);
    }

    [Theory]
    [InlineData("whole", 64, 1)]
    [InlineData("stream", 65, 1)]
    [InlineData("wide", 1024, 3)]
    public void The_family_of_attention_follows_the_lengths(string family, int length, int sequences)
    {
        using var gpu = new SmallGpu(precision: CudaPrecision.Float16);
        using var program = new SmallProgram(gpu.Device);
        SmallGpu.Run(program, [.. Enumerable.Repeat(length, sequences)], check: false);
        (_, var shape, _) = gpu.Driver.Launches.Single(launch => launch.Kernel == "attend");
        KernelBuild build = program.Kernels.Single(kernel => kernel.Name == "attend" && kernel.Variant == family);
        Assert.Equal((build.Threads, build.SharedBytes), (shape.Block.X, shape.SharedBytes));
        Assert.Equal(2, shape.Grid.X);
        Assert.InRange(shape.Grid.Y, sequences * Math.Max(1, length / 128), 64);
    }

    [Fact]
    public void Whatever_lengths_come_no_list_is_longer_than_its_room()
    {
        var random = new Random(1);
        using var gpu = new SmallGpu();
        int count = 0;
        gpu.Look["attend"] = a => count = a.Integers(5)[0];
        using var program = new SmallProgram(gpu.Device);
        for (int i = 0; i < 200; i++)
        {
            int longest = 1 << random.Next(1, 11);
            int[] lengths = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => random.Next(0, longest + 1))];
            gpu.Driver.Launches.Clear();
            SmallGpu.Run(program, lengths);
            (_, var shape, _) = gpu.Driver.Launches.Single(launch => launch.Kernel == "attend");
            Assert.InRange(count, 0, shape.Grid.Y);
        }
    }

    [Fact]
    public void Buckets_hold_what_they_are_for_and_waste_little()
    {
        for (int count = 1; count < 100_000; count += 1 + (count / 50))
        {
            int rows = Buckets.Rows(count), sequences = Buckets.Sequences(count);
            Assert.InRange(rows, count, Math.Max(64, count * 5 / 4));
            Assert.InRange(sequences, count, Math.Max(8, count * 3 / 2));
            Assert.Equal((rows, sequences), (Buckets.Rows(rows), Buckets.Sequences(sequences)));
        }
        Assert.Equal(57, Enumerable.Range(0, 1 << 20).Select(Buckets.Rows).Distinct().Count());
        Assert.Equal(int.MaxValue, Buckets.Rows(int.MaxValue));
    }

    [Fact]
    public void Attention_between_inputs_of_different_numbers_of_sequences_is_refused()
    {
        var plan = new ProgramPlan();
        CudaSpace queries = plan.Space(0, SpaceKind.Input, 0), keys = plan.Space(1, SpaceKind.Input, 1);
        AttentionPair pair = plan.Pair(queries, keys);
        CudaBatch batch = Batch(plan);
        batch.Set([new(RaggedBatch.Pack([[1], [2]])), new(RaggedBatch.Pack([[1]]))]);
        Refuses.With<ArgumentException>(
            "input 0 has 2 sequences and input 1 has 1: attention pairs them one to one", () => pair.Choose(batch));
    }

    [Fact]
    public void Rows_of_other_lengths_follow_from_the_batch()
    {
        var plan = new ProgramPlan();
        CudaSpace tokens = plan.Space(0, SpaceKind.Input, 0), halves = plan.SpaceOfLengths(1, 0, []);
        CudaSpace table = plan.Space(2, SpaceKind.Table, -1, 5), sequences = plan.Space(3, SpaceKind.Sequences, 0);
        var run = new CudaRun(plan, null!, CudaPrecision.Float32, DeviceLimits.Of(Architecture.Parse("sm_80")), (_, _, _) => { });
        run.HostIntegers(0, halves);
        CudaBatch batch = Batch(plan);
        var key = new BatchKey(plan.InputCount, plan.LengthsCount, 0);

        batch.Set([new(new RaggedMatrix([200, 3, 0, 1], 2))]);
        Assert.Equal([0, 100, 101, 101, 101], batch.Offsets(halves));
        Assert.Equal([0, 5], batch.Offsets(table));
        Assert.Equal([0, 1, 2, 3, 4], batch.Offsets(sequences));
        Assert.Equal(Enumerable.Range(0, 101).Select(row => row * 1000), batch.Integers(0).ToArray());
        plan.SetKey(key, batch);
        Assert.Equal((224, 112, 5, 8, true), (
            tokens.RowCapacity(key), halves.RowCapacity(key), table.RowCapacity(key), sequences.RowCapacity(key), key.HasRowsEverywhere));

        batch.Set([new(new RaggedMatrix([1, 1], 2))]);
        Assert.Equal([0, 0, 0], batch.Offsets(halves));
        Assert.Empty(batch.Integers(0).ToArray());
        BatchKey before = key.Copy();
        plan.SetKey(key, batch);
        Assert.False(key.HasRowsEverywhere || key.Is(before));
    }

    [Fact]
    public void Sequences_of_less_than_no_rows_are_refused()
    {
        var plan = new ProgramPlan();
        plan.Space(0, SpaceKind.Input, 0);
        CudaSpace shorter = plan.SpaceOfLengths(1, 0, []);
        var batch = new CudaBatch(plan, (_, _, rows, lengths) =>
        {
            for (int s = 0; s < lengths.Length; s++) lengths[s] = rows.Length(0, s) - 2;
        }, (_, _, _, _) => { });
        batch.Set([new(new RaggedMatrix([5, 1, 7], 2))]);
        Refuses.With<ArgumentException>("sequence 1 is too short for this layer: it would have -1 rows later on", () => batch.Offsets(shorter));
    }

    /// <summary>Space 1 has half the rows of space 0; integers 0 number the rows in thousands.</summary>
    private static CudaBatch Batch(ProgramPlan plan) => new(
        plan,
        (_, _, batch, lengths) =>
        {
            for (int s = 0; s < lengths.Length; s++) lengths[s] = batch.Length(0, s) / 2;
        },
        (_, _, _, values) =>
        {
            for (int row = 0; row < values.Length; row++) values[row] = row * 1000;
        });
}
