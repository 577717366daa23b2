namespace SemanticSearch;

/// <summary>What the command line asks for.</summary>
/// <param name="Question">Null where questions come from standard input, one a line.</param>
/// <param name="Texts">A file with a text a line; null for API documentation.</param>
/// <param name="Documentation">A folder of XML documentation; null for what the SDK has on disk.</param>
/// <param name="Model">The folder of a sentence encoder, or its name on the hub.</param>
/// <param name="Top">Results of a question at most.</param>
/// <param name="LeastScore">The smallest cosine that counts as found.</param>
/// <param name="MaxTexts">Texts searched at most.</param>
/// <param name="Device">Where the model runs.</param>
/// <param name="Json">A JSON object a question, on one line, instead of text.</param>
internal sealed record SearchOptions(
    string? Question, string? Texts, string? Documentation, string Model, int Top, float LeastScore, int MaxTexts, SearchDevice Device, bool Json);
