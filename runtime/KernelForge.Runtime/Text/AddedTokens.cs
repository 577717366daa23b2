using System.Buffers;

namespace KernelForge.Runtime.Text;

/// <summary>A token that is looked for in the text itself, ahead of any splitting.</summary>
/// <param name="Text">What is looked for.</param>
/// <param name="Id">Its id in the vocabulary.</param>
/// <param name="TakesLeft">White space before it belongs to it.</param>
/// <param name="TakesRight">White space after it belongs to it.</param>
/// <param name="Normalized">It is looked for in normalised text rather than in the raw one.</param>
internal sealed record AddedToken(string Text, int Id, bool TakesLeft = false, bool TakesRight = false, bool Normalized = false);

/// <summary>Cuts text at added tokens: at the leftmost that occurs, and of several there at the longest.</summary>
internal sealed class AddedTokens
{
    /// <summary>A stretch of the text; <see cref="Id"/> is negative where it is no added token.</summary>
    public readonly record struct Piece(int Start, int End, int Id);

    private readonly AddedToken[] longestFirst;
    private readonly SearchValues<char> firstCharacters;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        // An empty token would be found everywhere.
        longestFirst = [.. tokens.Where(t => t.Text.Length > 0).OrderByDescending(t => t.Text.Length)];
        firstCharacters = SearchValues.Create([.. longestFirst.Select(t => t.Text[0]).Distinct()]);
    }

    public Pieces Split(ReadOnlySpan<char> text) => new(this, text);

    private AddedToken? At(ReadOnlySpan<char> text)
    {
        foreach (AddedToken token in longestFirst)
            if (text.StartsWith(token.Text, StringComparison.Ordinal)) return token;
        return null;
    }

    /// <summary>The pieces of a text one after another, for <c>foreach</c>.</summary>
    public ref struct Pieces(AddedTokens tokens, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> text = text;
        private int done;
        private Piece token = new(0, 0, -1); // found, and to come after the stretch before it

        public Piece Current { get; private set; }

        public readonly Pieces GetEnumerator() => this;

        public bool MoveNext()
        {
            if (token.Id < 0) token = Next();
            int end = token.Id < 0 ? text.Length : token.Start;
            if (end > done) Current = new Piece(done, end, -1);
            else if (token.Id >= 0) (Current, token) = (token, new Piece(0, 0, -1));
            else return false;
            done = Current.End;
            return true;
        }

        private readonly Piece Next()
        {
            int from = done;
            while (text[from..].IndexOfAny(tokens.firstCharacters) is var skipped and >= 0)
            {
                int start = from + skipped;
                from = start + 1;
                if (tokens.At(text[start..]) is not { } found) continue;
                int end = start + found.Text.Length;
                while (found.TakesLeft && start > done && char.IsWhiteSpace(text[start - 1])) start--;
                while (found.TakesRight && end < text.Length && char.IsWhiteSpace(text[end])) end++;
                return new Piece(start, end, found.Id);
            }
            return new Piece(0, 0, -1);
        }
    }
}
