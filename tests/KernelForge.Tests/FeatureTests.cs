namespace KernelForge.Tests;

public class FeatureTests
{
    private static readonly Tokens X = Some.Rows([1, 2, 3, 4, 5, 6], [-1, -2, -3, -4, -5, -9]);

    [Fact]
    public void Reductions_give_one_feature_a_row()
    {
        Assert.Equal([21, -24], Sum(X).Values.ToArray());
        Assert.Equal([3.5, -4], Mean(X).Values.ToArray());
        Assert.Equal([6, -1], Max(X).Values.ToArray());
        Assert.Equal(1, Sum(X).Features);
        Assert.Same(X.Rows, Max(X).Rows);
    }

    [Fact]
    public void Groups_are_runs_of_as_many_features()
    {
        Assert.Equal([6, 15, -6, -18], Sum(X, groups: 2).Values.ToArray());
        Assert.Equal([1.5, 3.5, 5.5, -1.5, -3.5, -7], Mean(X, groups: 3).Values.ToArray());
        Assert.Equal([3, 6, -1, -4], Max(X, groups: 2).Values.ToArray());
        Assert.Equal(X.Values.ToArray(), Sum(X, groups: 6).Values.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(-1)]
    public void Groups_must_divide_the_features(int groups)
    {
        Refuses.With<ArgumentException>($"Mean: the 6 features of [2 tokens, 6] do not divide into {groups} groups", () => Mean(X, groups));
    }

    [Fact]
    public void Values_side_by_side()
    {
        Tokens a = Some.Rows([1, 2], [3, 4]), b = new(a.Rows, 1, [9, 8]);
        Tokens both = Concat(a, b, a);
        Assert.Equal(5, both.Features);
        Assert.Equal([1, 2, 9, 1, 2, 3, 4, 8, 3, 4], both.Values.ToArray());
    }

    [Fact]
    public void Rows_side_by_side_broadcast_as_in_arithmetic()
    {
        RowSpace rows = RowSpace.Ragged(2, 0, 1);
        Tokens perSequence = new(rows.Sequences, 1, [7, 8, 9]), perToken = new(rows, 1, [1, 2, 3]);
        Tokens all = Concat(Some.Parameter(4, 5), perSequence, perToken);
        Assert.Same(rows, all.Rows);
        Assert.Equal([4, 5, 7, 1, 4, 5, 7, 2, 4, 5, 9, 3], all.Values.ToArray());
        Assert.Equal([1, 7, 2, 7, 3, 9], Concat(perToken, perSequence).Values.ToArray());
        Assert.Equal([1, 2, 3], Concat(Some.Parameter(1), Some.Parameter(2, 3)).Values.ToArray());
    }

    [Fact]
    public void Values_of_other_rows_do_not_stand_side_by_side()
    {
        Refuses.With<ArgumentException>(
            "Concat: [2 tokens, 6] and [2 tokens, 1] do not go together", () => Concat(X, Some.Rows([1], [2])));
        Assert.Throws<ArgumentException>(() => Concat());
    }

    [Fact]
    public void A_slice_has_the_features_from_a_start_on()
    {
        Assert.Equal([3, 4, -3, -4], Slice(X, 2, 2).Values.ToArray());
        Assert.Equal(X.Values.ToArray(), Slice(X, 0, 6).Values.ToArray());
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(5, 2)]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_slice_lies_within_the_features(int start, int count)
    {
        Refuses.With<ArgumentException>("[2 tokens, 6]", () => Slice(X, start, count));
    }

    [Fact]
    public void Equal_parts_are_taken_apart()
    {
        (Tokens a, Tokens b) = Split(X, 2);
        Assert.Equal([1, 2, 3, -1, -2, -3], a.Values.ToArray());
        Assert.Equal([4, 5, 6, -4, -5, -9], b.Values.ToArray());
        (Tokens c, _, Tokens d) = Split(X, 3);
        Assert.Equal([1, 2, -1, -2], c.Values.ToArray());
        Assert.Equal([5, 6, -5, -9], d.Values.ToArray());
        (Tokens e, Tokens f, Tokens g, Tokens h, Tokens i, Tokens j) = Split(X, 6);
        Assert.Equal(X.Values.ToArray(), Concat(e, f, g, h, i, j).Values.ToArray());
    }

    [Fact]
    public void Parts_of_given_widths_are_taken_apart()
    {
        (Tokens a, Tokens b, Tokens c) = Split(X, 1, 3, 2);
        Assert.Equal([1, -1], a.Values.ToArray());
        Assert.Equal([2, 3, 4, -2, -3, -4], b.Values.ToArray());
        Assert.Equal([5, 6, -5, -9], c.Values.ToArray());
        (Tokens d, Tokens e, Tokens f, Tokens g) = Split(X, 1, 1, 1, 3);
        Assert.Equal(X.Values.ToArray(), Concat(d, e, f, g).Values.ToArray());
        (Tokens h, Tokens i, Tokens j, Tokens k, Tokens l) = Split(X, 1, 1, 1, 1, 2);
        Assert.Equal(X.Values.ToArray(), Concat(h, i, j, k, l).Values.ToArray());
    }

    [Fact]
    public void Parts_must_be_all_features()
    {
        Refuses.With<ArgumentException>("do not divide into 4 parts", () => Split(X, 4));
        Refuses.With<ArgumentException>("the 6 features of [2 tokens, 6] are not 2 + 3", () => Split(X, 2, 3));
        Assert.Throws<ArgumentException>(() => Split(X, 0, 6));
        Assert.Throws<ArgumentException>(() => Split(X, int.MaxValue, int.MaxValue, 8));
    }

    [Fact]
    public void As_many_parts_are_taken_as_were_made()
    {
        Refuses.With<InvalidOperationException>("Split made 3 parts, but they are taken apart into 2", () => { (_, _) = Split(X, 3); });
        Assert.Throws<InvalidOperationException>(() => { (_, _) = default(Parts); });
    }
}
