namespace KernelForge.Emulation.Ptx;

/// <summary>A place in the tokens, and the few ways to move on from it.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int position;

    public Token Current => tokens[position];

    public Token Following => tokens[Math.Min(position + 1, tokens.Count - 1)];

    public void Skip()
    {
        if (Current.Kind != TokenKind.End) position++;
    }

    public bool Accept(char punctuation)
    {
        if (!Current.Is(punctuation)) return false;
        position++;
        return true;
    }

    public void Expect(char punctuation)
    {
        if (!Accept(punctuation)) throw Error($"'{punctuation}' should stand where '{Current.Text}' is");
    }

    public string Word()
    {
        if (Current.Kind != TokenKind.Word) throw Error($"a name should stand where '{Current.Text}' is");
        return tokens[position++].Text;
    }

    public long Integer() => unchecked((long)InstructionParser.Immediate(this).Bits);

    public void SkipLine()
    {
        int line = Current.Line;
        while (Current.Line == line && Current.Kind != TokenKind.End) position++;
    }

    /// <summary>Skips a pair of braces and what is between them.</summary>
    public void SkipBlock()
    {
        Expect('{');
        for (int depth = 1; depth > 0; Skip())
        {
            if (Current.Kind == TokenKind.End) throw Error("a block does not end");
            if (Current.Is('{')) depth++;
            if (Current.Is('}')) depth--;
        }
    }

    public PtxException Error(string message) => new(Current.Line, message);
}
