namespace SemanticSearch.Documents;

/// <summary>Where documents come from. Telling whether they have changed must cost little: it is asked at every start.</summary>
internal interface IDocumentSource
{
    /// <summary>Which documents these are, whatever they say today.</summary>
    string Identity { get; }

    /// <summary>Changes when the documents do.</summary>
    string Fingerprint { get; }

    /// <summary>A few words for a person: what is searched.</summary>
    string Description { get; }

    /// <param name="warn">Told of what cannot be read and is left out.</param>
    /// <param name="cancellation">Looked at between files.</param>
    IReadOnlyList<Document> Read(Action<string> warn, CancellationToken cancellation);
}
