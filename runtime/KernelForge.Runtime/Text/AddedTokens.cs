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
    public readonly record struct Piece(int Start, int Length, int Id);

    private readonly AddedToken[] longestFirst;
    private readonly char[] firstCharacters;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        // An empty token would be found everywhere.
        longestFirst = [.. tokens.Where(t => t.Text.Length > 0).OrderByDescending(t => t.Text.Length)];
        firstCharacters = [.. longestFirst.Select(t => t.Text[0]).Distinct()];
    }

    public IEnumerable<Piece> Split(string text)
    {
        int done = 0, from = 0;
        while (from < text.Length && text.IndexOfAny(firstCharacters, from) is var at and >= 0)
        {
            from = at + 1;
            if (Array.Find(longestFirst, t => string.CompareOrdinal(text, at, t.Text, 0, t.Text.Length) == 0) is not { } token) continue;
            int start = at, end = at + token.Text.Length;
            while (token.TakesLeft && start > done && char.IsWhiteSpace(text[start - 1])) start--;
            while (token.TakesRight && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (start > done) yield return new Piece(done, start - done, -1);
            yield return new Piece(start, end - start, token.Id);
            done = from = end;
        }
        if (done < text.Length) yield return new Piece(done, text.Length - done, -1);
    }
}
