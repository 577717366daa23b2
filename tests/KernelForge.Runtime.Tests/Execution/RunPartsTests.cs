using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Execution;

/// <summary>
/// What a run on further rows of sequences needs beside a cache: positions with a past, checks of them, and the last rows of a result.
/// </summary>
public sealed class RunPartsTests
{
    [Fact]
    public void Rows_with_a_past_have_positions_from_the_first_row_of_all()
    {
        var rows = new RaggedRows();
        rows.Set([0, 2, 2, 5], [10, 4, 0]);
        Assert.Equal([10, 11, 0, 1, 2], Enumerable.Range(0, 5).Select(rows.PositionOf));
        Assert.Equal([(12, 2, 0, -10, 10), (4, 0, 2, -2, 4), (3, 3, 2, 2, 0)], Enumerable.Range(0, 3).Select(Of));
        Assert.Equal((12, 5), (rows.Longest, rows.Count));

        rows.Begin(2);
        rows.SetLength(0, 7, past: 5);
        rows.SetLength(1, 3);
        rows.End();
        Assert.Equal([(7, 2, 0, -5, 5), (3, 3, 2, 2, 0)], Enumerable.Range(0, 2).Select(Of));
        Assert.Throws<ArgumentException>(() => rows.SetLength(0, 4, past: 5));
        Assert.Throws<ArgumentException>(() => rows.Set([0, 1], [1, 2]));

        (int Length, int Rows, int First, int Start, int Base) Of(int s) =>
            (rows.Length(s), rows.RowCount(s), rows.FirstRow(s), rows.Start(s), rows.Base(s));
    }

    [Fact]
    public void A_sequence_that_outgrows_its_positions_is_told_with_its_past()
    {
        RunCheck.Positions([0, 1, 3], [9, 8], 1, 0, 10, "positions");
        ArgumentException refused = Assert.Throws<ArgumentException>(() => RunCheck.Positions([0, 1, 3], [9, 9], 1, 0, 10, "positions"));
        string says = "sequence 1 has 9 tokens and 2 new ones; 'positions' serves sequences of at most 10";
        Assert.StartsWith(says, refused.Message, StringComparison.Ordinal);
        // One without new rows reads no position.
        RunCheck.Positions([0, 0], [90], 1, 0, 10, "positions");
    }

    [Fact]
    public void The_last_rows_of_each_sequence_are_taken_of_the_reference()
    {
        var whole = new Tokens(RowSpace.Ragged(3, 2), 2, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        var last = new RaggedMatrix([1, 2], 2);
        new RunOutput(last).FillLast(whole);
        Assert.Equal([5f, 6, 7, 8, 9, 10], last.Values.ToArray());

        var perSequence = new Matrix(5, 2);
        new RunOutput(perSequence).FillLast(whole);
        Assert.Equal([1f, 2, 3, 4, 5, 6, 7, 8, 9, 10], perSequence.Values.ToArray());
        Assert.Throws<InvalidOperationException>(() => new RunOutput(new RaggedMatrix([1, 3], 2)).FillLast(whole));
        Assert.Throws<InvalidOperationException>(() => new RunOutput(new RaggedMatrix([1], 2)).FillLast(whole));
    }
}
