namespace KernelForge.Tests;

public class EmbeddingTests
{
    private static Embedding Loaded()
    {
        var embedding = new Embedding(3, 2);
        embedding.Load([1, 2, 3, 4, 5, 6]);
        return embedding;
    }

    [Fact]
    public void Each_id_gets_its_row()
    {
        var ids = new TokenIds(RowSpace.Ragged(2, 1), [2, 0, 2]);
        Tokens x = Loaded()[ids];
        Assert.Equal([5, 6, 1, 2, 5, 6], x.Values.ToArray());
        Assert.Same(ids.Rows, x.Rows);
    }

    [Fact]
    public void Computed_integers_are_ids_too() =>
        Assert.Equal([3, 4, 5, 6], Loaded()[new TokenIds(RowSpace.Ragged(2), [0, 0]).Positions + 1].Values.ToArray());

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void An_id_without_a_row_is_refused_with_its_place(int id)
    {
        Refuses.With<ArgumentException>(
            $"Embedding [3, 2] has no row {id}, which row 1 of [2 tokens] of integers asks for",
            () => Loaded()[new Integers(RowSpace.Ragged(2), [0, id])]);
    }

    [Fact]
    public void An_unloaded_embedding_says_what_it_is() =>
        Refuses.With<InvalidOperationException>(
            "Embedding [3, 2] is not loaded", () => new Embedding(3, 2)[new Integers(RowSpace.Ragged(1), [0])]);

    [Fact]
    public void Sides_below_one_are_refused() => Assert.Throws<ArgumentException>(() => new Embedding(3, 0));
}
