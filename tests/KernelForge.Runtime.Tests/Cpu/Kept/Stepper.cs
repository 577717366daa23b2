using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu.Kept;

/// <summary>Rows of one running sequence: what is to come, and what the whole gives.</summary>
internal sealed class Running(RaggedMatrix rows, float[] expected)
{
    public RaggedMatrix Rows { get; } = rows;

    public float[] Expected { get; } = expected;

    public int Number { get; set; }

    public int Fed { get; set; }

    public int Left => Rows.Rows - Fed;
}

/// <summary>Feeds sequences to a program in parts, and compares the bits of each part with those of the run over the whole.</summary>
internal sealed class Stepper(CompiledProgram program, SequenceCache cache, int outputColumns)
{
    public static RaggedMatrix Rows(int seed, int length, int columns)
    {
        var rows = new RaggedMatrix([length], columns);
        Samples.Normal(seed, length * columns).CopyTo(rows.Values);
        return rows;
    }

    /// <summary>What an ordinary run over a whole sequence gives.</summary>
    public static float[] Whole(CompiledProgram program, RaggedMatrix rows, int outputColumns)
    {
        var output = new RaggedMatrix([rows.Rows], outputColumns);
        program.Run([new RunInput(rows)], [new RunOutput(output)]);
        return output.Values.ToArray();
    }

    public Running Begin(int seed, int length, int columns)
    {
        RaggedMatrix rows = Rows(seed, length, columns);
        return new Running(rows, Whole(program, rows, outputColumns)) { Number = cache.Add() };
    }

    /// <summary>A second sequence with the same rows so far, and others behind them.</summary>
    public Running Fork(Running from, int seed, int length)
    {
        RaggedMatrix rows = Rows(seed, length, from.Rows.Columns);
        from.Rows.Values[..(from.Fed * rows.Columns)].CopyTo(rows.Values);
        return new Running(rows, Whole(program, rows, outputColumns)) { Number = cache.Fork(from.Number), Fed = from.Fed };
    }

    /// <summary>One run: so many further rows of each.</summary>
    public void Step(params ReadOnlySpan<(Running Sequence, int Rows)> parts)
    {
        int[] lengths = new int[parts.Length], numbers = new int[parts.Length];
        for (int s = 0; s < parts.Length; s++) (lengths[s], numbers[s]) = (parts[s].Rows, parts[s].Sequence.Number);
        RaggedMatrix input = new(lengths, parts[0].Sequence.Rows.Columns), output = new(lengths, outputColumns);
        for (int s = 0; s < parts.Length; s++)
        {
            (Running sequence, int rows) = parts[s];
            sequence.Rows.Values.Slice(sequence.Fed * input.Columns, rows * input.Columns).CopyTo(input.Sequence(s));
        }
        using (CacheRun run = cache.Begin(program, numbers, fresh: false, new AddedRows(0, input)))
        {
            program.Run([new RunInput(input)], [new RunOutput(output)], run);
            run.Commit();
        }
        for (int s = 0; s < parts.Length; s++)
        {
            (Running sequence, int rows) = parts[s];
            Assert.Equal(Bits(sequence.Expected.AsSpan(sequence.Fed * outputColumns, rows * outputColumns)), Bits(output.Sequence(s)));
            sequence.Fed += rows;
            Assert.Equal(sequence.Fed, cache.Length(sequence.Number));
        }
    }

    /// <summary>Runs on sequences that come and go, fork, and bring parts of many sizes, until all have been fed.</summary>
    public void StepAll(int seed, int columns, ReadOnlySpan<int> lengths, ReadOnlySpan<int> parts, int unit = 1)
    {
        var random = new Random(seed);
        List<Running> waiting = [], active = [];
        int forks = 0;
        foreach (int length in lengths) waiting.Add(Begin(seed + waiting.Count, length, columns));
        while (waiting.Count + active.Count > 0)
        {
            if (waiting.Count > 0 && (active.Count == 0 || random.Next(3) == 0))
            {
                active.Add(waiting[0]);
                waiting.RemoveAt(0);
            }
            // Forks beside each other write to the same last block.
            if (active[0].Fed > 0 && forks < 3 && random.Next(3) == 0)
            {
                forks++;
                active.Add(Fork(active[0], random.Next(), active[0].Fed + (unit == 1 ? random.Next(1, 60) : unit * 2)));
            }
            var batch = new List<(Running, int)>();
            foreach (Running sequence in active.OrderBy(_ => random.Next()))
            {
                int rows = unit == 1 ? parts[random.Next(parts.Length)] : unit * random.Next(1, 3);
                if (batch.Count == 0 || random.Next(4) != 0) batch.Add((sequence, Math.Min(sequence.Left, rows)));
            }
            Step([.. batch]);
            foreach (Running done in active.Where(a => a.Left == 0).ToArray())
            {
                active.Remove(done);
                cache.Remove(done.Number);
            }
        }
        Assert.Equal((0L, 0), (cache.Used, cache.Count));
    }

    public static int[] Bits(ReadOnlySpan<float> values)
    {
        int[] bits = new int[values.Length];
        for (int i = 0; i < bits.Length; i++) bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        return bits;
    }
}
