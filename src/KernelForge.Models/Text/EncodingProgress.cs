namespace KernelForge.Models.Text;

/// <summary>How far an encoding has come.</summary>
/// <param name="Texts">Texts done.</param>
/// <param name="TotalTexts">Texts in all.</param>
/// <param name="Tokens">Tokens of the texts done, special tokens included: the measure of the work, as long texts come first.</param>
/// <param name="TotalTokens">Tokens in all.</param>
/// <param name="Elapsed">Since the call began, tokenizing included.</param>
public readonly record struct EncodingProgress(int Texts, int TotalTexts, long Tokens, long TotalTokens, TimeSpan Elapsed)
{
    /// <summary>Texts a second on average; 0 before any time has passed.</summary>
    public double TextsPerSecond => Elapsed > TimeSpan.Zero ? Texts / Elapsed.TotalSeconds : 0;

    /// <summary>Tokens a second on average; 0 before any time has passed.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? Tokens / Elapsed.TotalSeconds : 0;
}
