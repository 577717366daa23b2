using SemanticSearch.Documents;
using SemanticSearch.Indexing;

namespace SemanticSearch.Tests.Indexing;

public sealed class SearchIndexTests
{
    [Fact]
    public void The_nearest_come_first_and_no_more_than_asked_for()
    {
        var random = new Random(5);
        const int Count = 200, Width = 19; // a width that is no multiple of a vector's
        float[] vectors = [.. Enumerable.Range(0, Count * Width).Select(_ => random.NextSingle() - 0.5f)];
        Document[] documents = [.. Enumerable.Range(0, Count).Select(i => new Document($"{i}", "", ""))];
        float[] query = [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f)];
        double Score(int i) => Enumerable.Range(0, Width).Sum(k => (double)query[k] * vectors[i * Width + k]);

        IReadOnlyList<Hit> hits = new SearchIndex(documents, vectors, Width).Search(query, 7, -1);
        Assert.Equal(Enumerable.Range(0, Count).OrderByDescending(Score).Take(7).Select(i => $"{i}"), hits.Select(h => h.Document.Title));
        Assert.All(hits, hit => Assert.Equal(Score(int.Parse(hit.Document.Title)), hit.Score, 1e-4));
    }

    [Fact]
    public void Equals_keep_their_order_and_what_is_too_far_is_not_found()
    {
        var index = new SearchIndex([new("a", "", ""), new("b", "", ""), new("c", "", ""), new("d", "", "")], [1, 0, 1, 0, 0, 1, 1, 0], 2);
        Assert.Equal(["a", "b"], index.Search([1, 0], 2, 0.5f).Select(h => h.Document.Title));
        Assert.Equal(["a", "b", "d"], index.Search([1, 0], 10, 0.5f).Select(h => h.Document.Title));
        Assert.Empty(index.Search([-1, -1], 10, 0.5f));
    }
}
