using System.Runtime.ExceptionServices;

namespace KernelForge.Models.Generation;

/// <summary>
/// A sequence that joined a <see cref="GenerationSession"/>. Enumerating it gives its tokens as they come; whoever waits for one lends the
/// session the time for its turns. Leaving the enumeration before its end cancels the sequence.
/// </summary>
public sealed class GeneratedSequence : IAsyncEnumerable<GeneratedToken>
{
    private readonly GenerationSession session;
    private readonly List<GeneratedToken> tokens = [];
    private CancellationTokenRegistration registration;
    private FinishReason? finish;
    private IReadOnlyList<BeamHypothesis> beams = [];
    private Exception? error;

    internal GeneratedSequence(GenerationSession session, GenerationOptions options, Source source, Decoding decoding)
    {
        this.session = session;
        (Options, Source, Decoding) = (options, source, decoding);
    }

    /// <summary>How it is continued.</summary>
    public GenerationOptions Options { get; }

    /// <summary>The tokens generated so far; of a beam search, the best hypothesis when it has finished.</summary>
    public IReadOnlyList<GeneratedToken> Tokens
    {
        get
        {
            lock (session.Gate) return [.. tokens];
        }
    }

    /// <summary>Why it has ended; null while it goes on.</summary>
    public FinishReason? Finish
    {
        get
        {
            lock (session.Gate) return finish;
        }
    }

    /// <summary>What a beam search found, the best first; empty before it has finished, and where there are no beams.</summary>
    public IReadOnlyList<BeamHypothesis> Beams
    {
        get
        {
            lock (session.Gate) return beams;
        }
    }

    /// <summary>The error that ended it, if one did.</summary>
    public Exception? Error
    {
        get
        {
            lock (session.Gate) return error;
        }
    }

    internal Source Source { get; }

    internal Decoding Decoding { get; }

    /// <summary>Ends it, where it has not ended; its memory serves others. Enumerations end behind the tokens that there are.</summary>
    public void Cancel() => Cancel(null);

    /// <summary>The tokens, from the first one on, as they come.</summary>
    /// <exception cref="OperationCanceledException">The token that was given here, or to <c>Join</c>, is cancelled.</exception>
    /// <exception cref="Runtime.CacheFullException">The sequence does not fit the session's budget.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed of before the sequence was finished.</exception>
    public async IAsyncEnumerator<GeneratedToken> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            for (int index = 0; ; index++)
            {
                GeneratedToken token;
                while (!TryRead(index, out token, out Task? turn))
                {
                    if (turn is null) yield break;
                    await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                cancellationToken.ThrowIfCancellationRequested();
                yield return token;
            }
        }
        finally
        {
            Cancel(null);
        }
    }

    /// <summary>Cancels it when the token is cancelled; called within the session's gate.</summary>
    internal void CancelWith(CancellationToken cancellation) => registration = cancellation.UnsafeRegister(
        static (state, token) => ((GeneratedSequence)state!).Cancel(new OperationCanceledException(token)), this);

    internal void Publish(Decoding decoding, FinishReason? end)
    {
        lock (session.Gate)
        {
            if (finish is not null) return;
            for (int t = tokens.Count; t < decoding.Settled.Count; t++) tokens.Add(decoding.Settled[t]);
            beams = decoding.Beams;
            if (end is { } reason) End(reason, null);
        }
    }

    internal void End(FinishReason reason, Exception? cause)
    {
        lock (session.Gate)
        {
            if (finish is not null) return;
            (finish, error) = (reason, cause);
            registration.Unregister(); // does not wait for a callback that may be waiting for the gate
        }
    }

    private void Cancel(OperationCanceledException? cause)
    {
        lock (session.Gate)
        {
            if (finish is not null) return;
            End(FinishReason.Cancelled, cause);
            session.Ended();
        }
    }

    /// <summary>A token that is there; else the turn that may bring it, null where none will.</summary>
    private bool TryRead(int index, out GeneratedToken token, out Task? turn)
    {
        lock (session.Gate)
        {
            (token, turn) = (default, null);
            if (index < tokens.Count)
            {
                token = tokens[index];
                return true;
            }
            if (finish is null) turn = session.StartTurn();
            else if (error is not null) ExceptionDispatchInfo.Throw(error);
            return false;
        }
    }
}
