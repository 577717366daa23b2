using System.Globalization;
using KernelForge.Models.Hub;
using KernelForge.Models.Text;
using KernelForge.Runtime;
using SemanticSearch.Documents;
using SemanticSearch.Indexing;
using SemanticSearch.Output;

namespace SemanticSearch;

/// <summary>The whole run: model and index side by side, then a question or many.</summary>
internal static class Search
{
    public static async Task<int> RunAsync(SearchOptions options, CancellationToken cancellation)
    {
        string model = await new ModelHub { Progress = new DownloadLines(Say) }.LocateAsync(options.Model, cancellation);
        Task<SentenceEncoder> loading = Task.Run(() => SentenceEncoder.Load(model, options.Device.Device), cancellation);
        IDocumentSource source = Source(options);
        using SentenceEncoder encoder = await loading.WaitAsync(cancellation);
        Say(options.Device.IsNamed ? $"runs on {encoder.DeviceChoice}" : $"runs on {encoder.Device}");
        IndexKey key = IndexKey.Of(source, model, options.Device.NumbersOf(encoder.Device));
        string path = IndexStore.PathOf(key);
        IndexReading kept = IndexFile.Read(path, key.Content);

        SearchIndex index = kept is IndexReading.Whole whole ? whole.Index : Build(kept, source, encoder, key, path, cancellation);
        bool unseen = options.Question is null && Console.IsInputRedirected;
        var results = new ResultWriter(Console.Out, options.Json, showsQuestion: unseen, Terminal.ShowsBold);
        if (options.Question is { } question) return Answer(question) ? ExitCode.Found : ExitCode.NothingFound;

        int asked = 0, answered = 0;
        await foreach (string line in Questions.ReadAsync(cancellation))
        {
            asked++;
            if (Answer(line)) answered++;
        }
        return asked == 0 || answered > 0 ? ExitCode.Found : ExitCode.NothingFound;

        bool Answer(string text)
        {
            IReadOnlyList<Hit> hits = index.Search(encoder.Encode(text, cancellation), options.Top, options.LeastScore);
            results.Write(text, hits);
            return hits.Count > 0;
        }
    }

    private static IDocumentSource Source(SearchOptions options)
    {
        int limit = options.MaxTexts;
        if (options.Device.IsEmulated && limit > SearchDevice.EmulatedTexts)
        {
            limit = SearchDevice.EmulatedTexts;
            Say($"an emulated GPU is thousands of times slower than a real one: the first {limit} texts are searched, no more");
        }
        return options switch
        {
            { Texts: { } file } => new LineSource(file, limit),
            { Documentation: { } folder } => new DocumentationSource(folder, limit),
            _ => DocumentationFiles.Find(limit),
        };
    }

    private static SearchIndex Build(
        IndexReading kept, IDocumentSource source, SentenceEncoder encoder, IndexKey key, string path, CancellationToken cancellation)
    {
        Say(kept switch
        {
            IndexReading.Damaged damaged => $"the kept index is damaged ({damaged.Reason}): building it again",
            IndexReading.Stale => "the documents, the model or this program have changed: building the index again",
            _ => "no index yet: building it, once",
        });
        IReadOnlyList<Document> documents = source.Read(Say, cancellation);
        string[] texts = [.. documents.Select(d => d.Embedded)];
        Say(string.Create(CultureInfo.InvariantCulture, $"{texts.Length:N0} texts from {source.Description}"));
        Matrix vectors = ProgressDisplay.Run(progress => encoder.EncodeMatrix(texts, progress, cancellation));
        var index = new SearchIndex(documents, vectors.Values.ToArray(), encoder.Dimensions);
        try
        {
            IndexFile.Write(path, key.Content, index);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Say($"the index cannot be kept, the next run builds it again: {e.Message}");
        }
        return index;
    }

    private static void Say(string what) => Console.Error.WriteLine($"semantic-search: {what}");
}
