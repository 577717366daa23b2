namespace SemanticSearch.Indexing;

/// <summary>What came of reading an index.</summary>
internal abstract record IndexReading
{
    private IndexReading() { }

    public sealed record Whole(SearchIndex Index) : IndexReading;

    /// <summary>There is none yet.</summary>
    public sealed record Absent : IndexReading;

    /// <summary>It is whole, but of other documents, another model or another version.</summary>
    public sealed record Stale : IndexReading;

    public sealed record Damaged(string Reason) : IndexReading;
}
