using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>Sequences that join, run, fork and leave, turn by turn, against what each becomes by itself.</summary>
public sealed class SessionTurnTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(512)]
    public void Sequences_of_all_kinds_join_at_any_turn_and_become_what_they_become_alone(int chunk)
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, ChunkTokens = chunk });
        var random = new Random(chunk);
        List<GeneratedSequence> all = [];
        while (all.Count < 60)
        {
            for (int some = random.Next(4); some > 0; some--)
                all.Add(session.Join(Expected.Prompt(all.Count), Expected.Options(all.Count)));
            session.Step();
        }
        while (session.Step()) { }
        for (int i = 0; i < all.Count; i++)
        {
            Expected.AssertBecame(all[i], Expected.Prompt(i));
            Assert.Equal(Enumerable.Range(0, all[i].Tokens.Count), all[i].Tokens.Select(token => token.Index));
            Assert.NotNull(all[i].Finish);
        }
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public void Log_probabilities_are_those_of_the_models_logits()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GenerationOptions options = new() { MaxNewTokens = 5, RepetitionPenalty = 3, Sample = true, Temperature = 0.5f, TopK = 2 };
        GeneratedSequence sequence = session.Join([1, 2], options);
        while (session.Step()) { }
        List<int> ids = [1, 2];
        foreach (GeneratedToken token in sequence.Tokens)
        {
            float[] logits = FakeLogits.Of([.. ids]);
            Assert.Equal(Math.Log(Math.Exp(logits[token.Id]) / logits.Sum(x => Math.Exp(x))), token.LogProbability, 1e-5);
            ids.Add(token.Id);
        }
    }

    [Fact]
    public void A_long_prompt_is_run_in_parts_and_lets_the_others_go_on()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, ChunkTokens = 8 });
        GeneratedSequence runs = session.Join([1, 2, 3], new() { MaxNewTokens = 30 });
        session.Step();
        int[] prompt = [.. Enumerable.Range(0, 50).Select(i => i % FakeLogits.Vocabulary)];
        GeneratedSequence joins = session.Join(prompt, new() { MaxNewTokens = 3 });
        for (int turn = 1; turn <= 7; turn++)
        {
            Assert.Empty(joins.Tokens);
            session.Step();
            Assert.Equal(1 + turn, runs.Tokens.Count);
        }
        Assert.Single(joins.Tokens);
        while (session.Step()) { }
        Assert.Equal([3], model.Runs[0]);
        for (int turn = 1; turn <= 6; turn++) Assert.Equal([1, 8], model.Runs[turn]);
        Assert.Equal([1, 2], model.Runs[7]);
        Assert.Equal(Expected.Tokens(prompt, joins.Options), Expected.Ids(joins));
        Assert.Equal(FinishReason.Length, joins.Finish);
    }

    [Fact]
    public void No_more_than_the_stated_sequences_run_at_a_time()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, MaxSequences = 5 });
        GeneratedSequence[] all = [.. Enumerable.Range(0, 30).Select(i => session.Join(Expected.Prompt(i), Expected.Options(i)))];
        while (session.Step()) { }
        Assert.All(all.Index(), item => Expected.AssertBecame(item.Item, Expected.Prompt(item.Index)));
        Assert.Equal(5, model.Runs.Max(run => run.Length));
    }

    [Fact]
    public void A_search_gives_all_hypotheses_when_it_is_finished_and_none_before()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GenerationOptions options = new() { Beams = 4, MaxNewTokens = 9, EndIds = [FakeLogits.End], EarlyStopping = EarlyStopping.Never };
        GeneratedSequence sequence = session.Join([1, 4], options);
        session.Step();
        Assert.Empty(sequence.Tokens);
        Assert.Empty(sequence.Beams);
        while (session.Step()) { }
        Expected.AssertBecame(sequence, [1, 4]);
        Assert.Equal(4, sequence.Beams.Count);
        Assert.Equal(sequence.Beams[0].Tokens, sequence.Tokens);
        Assert.Equal(sequence.Beams[0].Finish, sequence.Finish);
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public void A_sequence_has_no_more_tokens_than_its_options_and_the_model_allow()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, MaxLength = 10 });
        GenerationOptions[] limits =
            [new() { MaxNewTokens = 4, MaxLength = 3 }, new() { MaxLength = 5 }, new() { MaxNewTokens = int.MaxValue }, new()];
        GeneratedSequence[] all = [.. limits.Select(options => session.Join([1, 2], options))];
        while (session.Step()) { }
        Assert.Equal([4, 3, 8, 8], all.Select(sequence => sequence.Tokens.Count));
        Refuses.With<ArgumentException>("10 tokens leave no room for another one: the limit is 10", () => session.Join(new int[10]));
    }

    [Fact]
    public void What_cannot_join_is_refused_with_words()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, MaxSequences = 4 });
        GenerationOptions some = new() { MaxNewTokens = 1 };
        Refuses.With<ArgumentException>("the prompt is empty", () => session.Join([], some));
        Refuses.With<ArgumentException>("the id -5 at position 1 is below zero", () => session.Join([1, -5], some));
        Refuses.With<ArgumentException>("nothing limits the length", () => session.Join([1]));
        Refuses.With<ArgumentException>("Beams is 5; the session runs at most 4", () => session.Join([1], some with { Beams = 5 }));
        Refuses.With<ArgumentException>("NoRepeatNgramSize is -1", () => session.Join([1], some with { NoRepeatNgramSize = -1 }));
        Refuses.With<InvalidOperationException>("reads ids", () => session.Join(new Matrix(1, 2), some));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationSession(model, new() { Budget = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationSession(model, new() { Budget = 1, ChunkTokens = 0 }));
        Assert.False(session.Step());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(512)]
    public void Sources_of_ids_are_read_once_and_their_texts_go_on_among_others(int chunk)
    {
        using var model = new FakeTranslator();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, ChunkTokens = chunk });
        Refuses.With<ArgumentException>("DecoderStart is empty", () => session.Join([1], new() { MaxNewTokens = 1 }));
        List<GeneratedSequence> all = [];
        for (int i = 0; i < 40; i++)
        {
            all.Add(session.Join(Expected.Prompt(i), Expected.Options(i) with { DecoderStart = [.. Enumerable.Repeat(2, 1 + i % 5)] }));
            if (i % 3 == 0) session.Step();
        }
        while (session.Step()) { }
        Assert.All(all.Index(), item =>
            Expected.AssertBecame(item.Item, [.. item.Item.Options.DecoderStart], Expected.Prompt(item.Index)));
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public void Sources_of_floats_are_read_once_and_their_texts_go_on_among_others()
    {
        using var model = new FakeListener();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        Refuses.With<InvalidOperationException>("join with a Matrix", () => session.Join([1], new() { MaxNewTokens = 1 }));
        List<(Matrix Source, GeneratedSequence Sequence)> all = [];
        for (int i = 0; i < 25; i++)
        {
            var source = new Matrix(1 + i % 4, 2);
            for (int v = 0; v < source.Values.Length; v++) source.Values[v] = (i + v) / 10f;
            all.Add((source, session.Join(source, Expected.Options(i) with { DecoderStart = [2] })));
            session.Step();
        }
        while (session.Step()) { }
        Assert.All(all, item => Expected.AssertBecame(item.Sequence, [2], FakeListener.Heard(item.Source.Values)));
    }
}
