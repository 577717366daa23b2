using KernelForge.Models.Generation;
using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Generation;

/// <summary>What becomes of sequences when the cache is full, and of the memory of those that end.</summary>
public sealed class SessionMemoryTests
{
    private const int BytesOfRow = Expected.BytesOfRow;

    [Theory]
    [InlineData(60, 5)]
    [InlineData(60, 512)]
    [InlineData(150, 512)]
    public void Sequences_that_do_not_fit_wait_and_become_what_they_become_alone(int rows, int chunk)
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = rows * BytesOfRow, ChunkTokens = chunk });
        GenerationOptions[] options = [.. Enumerable.Range(0, 40).Select(i => Expected.Options(i) with { Beams = i % 5 == 3 ? 2 : 1 })];
        GeneratedSequence[] all = [.. options.Select((o, i) => session.Join(Expected.Prompt(i), o))];
        while (session.Step()) { }
        Assert.All(all.Index(), item => Expected.AssertBecame(item.Item, Expected.Prompt(item.Index)));
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public void Texts_about_sources_wait_and_go_on_too()
    {
        using var model = new FakeTranslator();
        using var session = new GenerationSession(model, new() { Budget = 70 * BytesOfRow });
        GenerationOptions[] options =
            [.. Enumerable.Range(0, 30).Select(i => Expected.Options(i) with { DecoderStart = [1, 2], Beams = i % 5 == 3 ? 2 : 1 })];
        GeneratedSequence[] all = [.. options.Select((o, i) => session.Join(Expected.Prompt(i), o))];
        while (session.Step()) { }
        Assert.All(all.Index(), item => Expected.AssertBecame(item.Item, [1, 2], Expected.Prompt(item.Index)));
    }

    [Fact]
    public async Task The_one_that_joined_last_is_refused_and_the_others_lose_nothing()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 40 * BytesOfRow, WhenFull = WhenFull.Refuse });
        GenerationOptions ten = new() { MaxNewTokens = 10 };
        GeneratedSequence first = session.Join(Expected.Prompt(1), ten), second = session.Join(Expected.Prompt(2), ten);
        session.Step();
        GeneratedSequence large = session.Join([.. Enumerable.Repeat(1, 35)], ten);
        session.Step();
        Assert.Equal(FinishReason.Failed, large.Finish);
        Assert.Equal(2, first.Tokens.Count);
        var error = await Assert.ThrowsAsync<CacheFullException>(async () => await large.ToArrayAsync());
        Assert.Equal(40 * BytesOfRow, error.Budget);
        while (session.Step()) { }
        Assert.Equal(Expected.Tokens(Expected.Prompt(1), ten), Expected.Ids(first));
        Assert.Equal(Expected.Tokens(Expected.Prompt(2), ten), Expected.Ids(second));
    }

    [Theory]
    [InlineData(WhenFull.Wait)]
    [InlineData(WhenFull.Refuse)]
    public void What_does_not_fit_by_itself_gets_the_error_and_those_behind_it_run(WhenFull whenFull)
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 30 * BytesOfRow, WhenFull = whenFull });
        GeneratedSequence large = session.Join(new int[31], new() { MaxNewTokens = 2 });
        GeneratedSequence grows = session.Join(new int[25], new() { MaxNewTokens = 9 });
        GeneratedSequence small = session.Join([1], new() { MaxNewTokens = 4 });
        while (session.Step()) { }
        Assert.IsType<CacheFullException>(large.Error);
        Assert.IsType<CacheFullException>(grows.Error);
        Assert.Equal(6, grows.Tokens.Count); // 30 rows, and the token behind them, which is never run
        Assert.Equal(whenFull == WhenFull.Refuse, small.Error is CacheFullException); // both grow, and it joined last
        Assert.Equal(Expected.Tokens([1], small.Options)[..small.Tokens.Count], Expected.Ids(small));
        Assert.Equal(whenFull == WhenFull.Refuse ? 3 : 4, small.Tokens.Count);
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public void Sequences_that_end_or_are_cancelled_give_their_memory_back()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GenerationOptions fifty = new() { MaxNewTokens = 50 };
        GeneratedSequence search = session.Join([1, 2, 3], fifty with { Beams = 3 });
        GeneratedSequence token = session.Join([5], fifty), waits = session.Join([7], fifty);
        waits.Cancel();
        for (int turn = 0; turn < 4; turn++) session.Step();
        search.Cancel();
        Assert.Equal(4 * BytesOfRow, session.Used); // [5] and three of its four tokens
        token.Cancel();
        Assert.Equal(0, session.Used);
        Assert.False(session.Step());
        Assert.Equal([FinishReason.Cancelled, FinishReason.Cancelled, FinishReason.Cancelled], [search.Finish, token.Finish, waits.Finish]);
        Assert.Equal(4, token.Tokens.Count);
        Assert.Null(token.Error);
    }
}
