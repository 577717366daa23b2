using System.Numerics;
using SemanticSearch.Documents;

namespace SemanticSearch.Indexing;

/// <summary>A document that was found, and the cosine between its vector and the question's.</summary>
internal readonly record struct Hit(Document Document, float Score);

/// <summary>Documents and their vectors of unit length, <c>[documents, dimensions]</c>.</summary>
internal sealed class SearchIndex(IReadOnlyList<Document> documents, float[] vectors, int dimensions)
{
    public IReadOnlyList<Document> Documents => documents;

    public ReadOnlySpan<float> Vectors => vectors;

    public int Dimensions => dimensions;

    /// <summary>The documents nearest to a vector of unit length, the nearest first; none below <paramref name="least"/>.</summary>
    public IReadOnlyList<Hit> Search(ReadOnlySpan<float> query, int top, float least)
    {
        if (query.Length != dimensions)
            throw new ArgumentException($"the question has {query.Length} features, the index {dimensions}", nameof(query));
        var nearest = new PriorityQueue<int, (float Score, int Order)>();
        for (int i = 0; i < documents.Count; i++)
        {
            float score = Dot(query, vectors.AsSpan(i * dimensions, dimensions));
            if (!(score >= least)) continue;
            // Of equal scores the earlier document counts as nearer.
            if (nearest.Count < top) nearest.Enqueue(i, (score, -i));
            else nearest.EnqueueDequeue(i, (score, -i));
        }
        var hits = new Hit[nearest.Count];
        for (int place = hits.Length - 1; nearest.TryDequeue(out int document, out (float Score, int) key); place--)
            hits[place] = new Hit(documents[document], key.Score);
        return hits;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        int k = 0;
        for (; k <= a.Length - Vector<float>.Count; k += Vector<float>.Count)
            sum += new Vector<float>(a[k..]) * new Vector<float>(b[k..]);
        float total = Vector.Sum(sum);
        for (; k < a.Length; k++) total += a[k] * b[k];
        return total;
    }
}
