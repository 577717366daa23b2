using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>Consumers that read tokens as they come: several at once, cancelled ones, errors, and the end of the session.</summary>
public sealed class SessionStreamTests
{
    private static readonly GenerationOptions endless = new() { MaxNewTokens = 1_000_000 };

    [Fact]
    public async Task Several_consumers_read_their_sequences_at_once()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20, ChunkTokens = 20 });
        int[][] read = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            List<int> ids = [];
            await foreach (GeneratedToken token in session.Join(Expected.Prompt(i), Expected.Options(i))) ids.Add(token.Id);
            return ids.ToArray();
        })));
        Assert.All(read.Index(), item => Assert.Equal(
            Expected.Tokens(Expected.Prompt(item.Index), Expected.Options(item.Index)), item.Item));
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public async Task A_consumer_that_computes_for_long_holds_up_no_other()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        using var isRead = new ManualResetEventSlim();
        GeneratedSequence[] all = [.. Enumerable.Range(0, 6).Select(i => session.Join([i], new() { MaxNewTokens = 20 }))];
        bool[] went = await Task.WhenAll(all.Select((sequence, i) => Task.Run(async () =>
        {
            bool isFree = true;
            await foreach (GeneratedToken token in sequence)
                if (i % 2 == 0 && token.Index == 0) isFree = isRead.Wait(TimeSpan.FromSeconds(60));
            if (i == 5) isRead.Set();
            return isFree;
        })));
        Assert.All(went, Assert.True);
    }

    [Fact]
    public async Task A_thousand_short_sequences_join_and_leave_at_random()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 400 * Expected.BytesOfRow, ChunkTokens = 40, MaxSequences = 24 });
        int next = -1, cancelled = 0, finished = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(consumer => Task.Run(async () =>
        {
            var random = new Random(consumer);
            for (int i; (i = Interlocked.Increment(ref next)) < 1000;)
            {
                int leaves = random.Next(3) == 0 ? random.Next(4) : int.MaxValue;
                GeneratedSequence sequence = session.Join(Expected.Prompt(i), Expected.Options(i));
                List<int> ids = [];
                if (leaves > 0)
                    await foreach (GeneratedToken token in sequence)
                    {
                        ids.Add(token.Id);
                        if (ids.Count >= leaves) break;
                    }
                else sequence.Cancel();
                int[] expected = Expected.Tokens(Expected.Prompt(i), Expected.Options(i));
                Assert.Equal(expected[..Math.Min(leaves, expected.Length)], ids);
                if (sequence.Finish == FinishReason.Cancelled) Interlocked.Increment(ref cancelled);
                else Interlocked.Increment(ref finished);
            }
        })));
        Assert.Equal(1000, cancelled + finished);
        Assert.InRange(cancelled, 150, 400);
        Assert.Equal(0, session.Used);
        Assert.InRange(model.Runs.Max(run => run.Length), 2, 24);
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_sequence_it_joined_with_and_no_other()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        using var source = new CancellationTokenSource();
        GeneratedSequence cancelled = session.Join([1], endless, source.Token), other = session.Join([2], new() { MaxNewTokens = 20 });
        await using (IAsyncEnumerator<GeneratedToken> tokens = cancelled.GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            Assert.True(await tokens.MoveNextAsync());
            await source.CancelAsync();
            var error = await Assert.ThrowsAsync<OperationCanceledException>(async () =>
            {
                while (await tokens.MoveNextAsync()) { }
            });
            Assert.Equal(source.Token, error.CancellationToken);
        }
        Assert.Equal(FinishReason.Cancelled, cancelled.Finish);
        Assert.Equal(Expected.Tokens([2], other.Options), (await other.ToArrayAsync()).Select(token => token.Id));
        Assert.Equal(FinishReason.Cancelled, session.Join([1], endless, source.Token).Finish);
        Assert.False(session.Step());
    }

    [Fact]
    public async Task A_cancelled_enumeration_and_one_that_is_left_end_their_sequences()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        using var source = new CancellationTokenSource();
        GeneratedSequence cancelled = session.Join([1], endless), left = session.Join([2], endless);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken token in cancelled.WithCancellation(source.Token))
                if (token.Index == 5) await source.CancelAsync();
        });
        await foreach (GeneratedToken token in left)
            if (token.Index == 9) break;
        Assert.Equal([FinishReason.Cancelled, FinishReason.Cancelled], [cancelled.Finish, left.Finish]);
        while (session.Step()) { } // a turn may have been in progress
        Assert.Equal(0, session.Used);
        Assert.Equal(left.Tokens, await left.ToArrayAsync()); // what there is stays
    }

    [Fact]
    public async Task A_prompt_that_the_model_refuses_ends_nobody_else()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GeneratedSequence good = session.Join([1], new() { MaxNewTokens = 6 });
        session.Step();
        GeneratedSequence bad = session.Join([2, 99], new() { MaxNewTokens = 6 }), other = session.Join([2, 9], new() { MaxNewTokens = 6 });
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await bad.ToArrayAsync());
        Assert.Contains("the id 99 is beyond the vocabulary", error.Message, StringComparison.Ordinal);
        Assert.Equal(FinishReason.Failed, bad.Finish);
        while (session.Step()) { }
        Assert.Equal(Expected.Tokens([1], good.Options), Expected.Ids(good));
        Assert.Equal(Expected.Tokens([2, 9], other.Options), Expected.Ids(other));
        Assert.Equal(0, session.Used);
    }

    [Fact]
    public async Task An_error_of_the_model_reaches_every_consumer_and_the_session_goes_on()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        int runs = 0;
        model.BeforeRun = () =>
        {
            if (++runs > 3) throw new InvalidDataException("the device is gone");
        };
        GeneratedSequence[] all = [.. Enumerable.Range(0, 3).Select(i => session.Join([i], endless))];
        Exception[] errors = await Task.WhenAll(
            all.Select(s => Assert.ThrowsAsync<InvalidDataException>(async () => await s.ToArrayAsync())));
        Assert.All(errors, error => Assert.Equal("the device is gone", error.Message));
        Assert.All(all, sequence => Assert.Equal(3, sequence.Tokens.Count));
        Assert.Equal(0, session.Used);
        model.BeforeRun = null;
        GeneratedSequence later = session.Join([4], new() { MaxNewTokens = 3 });
        Assert.Equal(Expected.Tokens([4], later.Options), (await later.ToArrayAsync()).Select(token => token.Id));
    }

    [Fact]
    public async Task Rules_that_leave_no_token_end_the_sequence_with_an_error()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GeneratedSequence none = session.Join([1], new() { NoRepeatNgramSize = 1, MaxNewTokens = 100 });
        GeneratedSequence other = session.Join([1], new() { MaxNewTokens = 20 });
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await none.ToArrayAsync());
        Assert.Equal(FakeLogits.Vocabulary - 1, none.Tokens.Count);
        Assert.Equal(20, await other.CountAsync());
    }

    [Fact]
    public async Task Disposing_ends_consumers_after_the_turn_in_progress()
    {
        using var model = new FakeDecoder();
        var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        using var isRunning = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        model.BeforeRun = () =>
        {
            isRunning.Set();
            mayEnd.Wait();
        };
        Task[] consumers =
        [
            .. Enumerable.Range(0, 4).Select(i => Assert.ThrowsAsync<ObjectDisposedException>(
                async () => await session.Join([i], endless).ToArrayAsync()))
        ];
        isRunning.Wait(TestContext.Current.CancellationToken);
        Task disposing = Task.Run(session.Dispose, TestContext.Current.CancellationToken);
        Assert.NotSame(disposing, await Task.WhenAny(disposing, Task.Delay(50, TestContext.Current.CancellationToken)));
        mayEnd.Set();
        await Task.WhenAll([disposing, .. consumers]);
        Assert.Single(model.Runs);
        Assert.False(model.IsDisposed);
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Join([1], endless));
        Assert.Throws<ObjectDisposedException>(() => session.Step());
    }

    [Fact]
    public async Task What_is_drawn_depends_on_the_seed_and_not_on_who_else_is_there()
    {
        using var model = new FakeDecoder();
        using var session = new GenerationSession(model, new() { Budget = 1 << 20 });
        GenerationOptions drawn = new() { Sample = true, Temperature = 2, MaxNewTokens = 20, Seed = 8 };
        GeneratedToken[] alone = await session.Join([1, 2], drawn).ToArrayAsync();
        GeneratedSequence[] many = [.. Enumerable.Range(0, 9).Select(i => session.Join([1, 2], drawn with { Seed = (ulong)i }))];
        while (session.Step()) { }
        Assert.Equal(alone, many[8].Tokens);
        Assert.Equal(9, many.Select(s => string.Join(' ', Expected.Ids(s))).Distinct().Count());
    }
}
