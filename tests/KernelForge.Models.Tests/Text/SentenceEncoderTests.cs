using KernelForge.Models.Text;
using KernelForge.Runtime;
using KernelForge.Runtime.Text;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Text;

public sealed class SentenceEncoderTests
{
    private static readonly WordPieceTokenizer tokenizer =
        WordPieceTokenizer.Load(Path.Combine(Data.RepositoryRoot, "examples", "SemanticSearch", "Model"));

    private static readonly string[] texts =
        [.. Enumerable.Range(0, 3000).Select(i => string.Join(' ', Enumerable.Repeat("read a file", i % 7)))];

    [Fact]
    public void Vectors_stand_in_the_order_of_their_texts()
    {
        using SentenceEncoder encoder = Encoder(new FakeModel(), PoolingMode.Mean);
        Matrix vectors = encoder.EncodeMatrix(texts);
        for (int i = 0; i < texts.Length; i++)
        {
            int[] ids = tokenizer.Encode(texts[i]);
            Assert.Equal((float)ids.Average(), vectors[i, 0], 1e-3f);
            Assert.Equal((ids.Length - 1) / 2f, vectors[i, 1], 1e-4f);
        }
    }

    [Fact]
    public void No_batch_is_beyond_the_budget_and_none_is_wasted()
    {
        var model = new FakeModel();
        using SentenceEncoder encoder = Encoder(model, PoolingMode.Mean);
        encoder.Encode(texts);
        Assert.All(model.BatchSizes, size => Assert.InRange(size, 1, 4096));
        Assert.All(model.BatchSizes.SkipLast(1), size => Assert.InRange(size, 4000, 4096));
        Assert.Equal(texts.Sum(t => tokenizer.Encode(t).Length), model.BatchSizes.Sum());
    }

    [Theory]
    [InlineData("Mean")]
    [InlineData("MeanSqrtLength")]
    [InlineData("Max")]
    [InlineData("Cls")]
    public void Every_pooling_mode_is_what_its_name_says(string name)
    {
        PoolingMode mode = Enum.Parse<PoolingMode>(name);
        using SentenceEncoder encoder = Encoder(new FakeModel(), mode);
        int[] ids = tokenizer.Encode("read a file");
        float expected = mode switch
        {
            PoolingMode.Mean => -(float)ids.Average(),
            PoolingMode.MeanSqrtLength => -(float)(ids.Sum() / Math.Sqrt(ids.Length)),
            PoolingMode.Max => -ids.Min(),
            _ => -ids[0],
        };
        Assert.Equal(expected, encoder.Encode("read a file")[2], Math.Abs(expected) * 1e-5f);
    }

    [Fact]
    public void Vectors_are_of_unit_length_where_the_model_says_so()
    {
        using var encoder = new SentenceEncoder(tokenizer, new FakeModel(), new SentenceSettings("", 3, PoolingMode.Mean, true, null));
        foreach (float[] vector in encoder.Encode(texts[..8])) Assert.Equal(1f, vector.Sum(v => v * v), 1e-5f);
    }

    [Fact]
    public void A_text_is_cut_at_the_limit()
    {
        using var encoder = new SentenceEncoder(tokenizer, new FakeModel(), new SentenceSettings("", 3, PoolingMode.Max, false, 5));
        Assert.Equal(4f, encoder.Encode(string.Join(' ', Enumerable.Repeat("file", 40)))[1]); // positions 0 to 4
    }

    [Fact]
    public void A_missing_text_is_named_by_its_place()
    {
        using SentenceEncoder encoder = Encoder(new FakeModel(), PoolingMode.Mean);
        ArgumentException error = Assert.Throws<ArgumentException>(() => encoder.Encode(["a", "b", null!]));
        Assert.Contains("text 2 of 3 is null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_texts_give_no_vectors()
    {
        using SentenceEncoder encoder = Encoder(new FakeModel(), PoolingMode.Mean);
        Assert.Empty(encoder.Encode([]));
    }

    [Fact]
    public void Progress_counts_texts_and_tokens_to_the_end()
    {
        var reports = new List<EncodingProgress>();
        using SentenceEncoder encoder = Encoder(new FakeModel(), PoolingMode.Mean);
        encoder.Encode(texts, new Collect(reports.Add));
        Assert.True(reports.Count > 3);
        Assert.Equal(reports.OrderBy(r => r.Texts), reports);
        long tokens = texts.Sum(t => tokenizer.Encode(t).Length);
        Assert.All(reports, report => Assert.Equal((texts.Length, tokens), (report.TotalTexts, report.TotalTokens)));
        Assert.Equal((texts.Length, tokens), (reports[^1].Texts, reports[^1].Tokens));
        Assert.True(reports[^1].TokensPerSecond > 0);
    }

    [Fact]
    public void Cancelling_stops_after_the_batch_at_hand()
    {
        using var cancellation = new CancellationTokenSource();
        var model = new FakeModel { AfterRun = cancellation.Cancel };
        using SentenceEncoder encoder = Encoder(model, PoolingMode.Mean);
        Assert.Throws<OperationCanceledException>(() => encoder.Encode(texts, null, cancellation.Token));
        Assert.Single(model.BatchSizes);
    }

    [Fact]
    public void A_model_of_another_width_than_its_pooling_says_is_refused()
    {
        using var encoder = new SentenceEncoder(tokenizer, new FakeModel(), new SentenceSettings("", 4, PoolingMode.Mean, false, null));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => encoder.Encode("a"));
        Assert.Contains("3 features", error.Message, StringComparison.Ordinal);
    }

    private static SentenceEncoder Encoder(FakeModel model, PoolingMode mode) =>
        new(tokenizer, model, new SentenceSettings("", 3, mode, false, 256));

    // Progress<T> reports from other threads, too late for a test.
    private sealed class Collect(Action<EncodingProgress> report) : IProgress<EncodingProgress>
    {
        public void Report(EncodingProgress value) => report(value);
    }
}
