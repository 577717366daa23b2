namespace KernelForge.Tests;

public class SequenceTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(2, 0, 1, 3);

    private static readonly Tokens X = new(Rows, 2, [1, -2, 3, -4, 5, -6, -7, -8, -9, -10, -11, 12]);

    [Fact]
    public void Each_sequence_is_reduced_alone_and_an_empty_one_gives_zeros()
    {
        Assert.Equal([4, -6, 0, 0, 5, -6, -27, -6], SequenceSum(X).Values.ToArray());
        Assert.Equal([2, -3, 0, 0, 5, -6, -9, -2], SequenceMean(X).Values.ToArray());
        Assert.Equal([3, -2, 0, 0, 5, -6, -7, 12], SequenceMax(X).Values.ToArray());
        Assert.Equal([1, -2, 0, 0, 5, -6, -7, -8], SequenceFirst(X).Values.ToArray());
    }

    [Fact]
    public void The_result_has_one_row_a_sequence_and_goes_back_to_the_tokens()
    {
        Tokens mean = SequenceMean(X);
        Assert.Same(Rows.Sequences, mean.Rows);
        Close.To([0, 0, 0, 0, 0, 0, 0, 0], SequenceSum(X - mean));
    }

    [Fact]
    public void Reducing_what_has_one_row_a_sequence_changes_nothing()
    {
        Tokens mean = SequenceMean(X);
        Assert.Equal(mean.Values.ToArray(), SequenceMax(mean).Values.ToArray());
        Assert.Same(mean.Rows, SequenceMax(mean).Rows);
    }

    [Fact]
    public void A_table_has_no_sequences()
    {
        Refuses.With<ArgumentException>("SequenceMean of [1 table row, 2]", () => SequenceMean(Some.Parameter(1, 2)));
    }
}
