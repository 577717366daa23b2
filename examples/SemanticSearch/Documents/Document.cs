namespace SemanticSearch.Documents;

/// <summary>One thing that can be found.</summary>
/// <param name="Title">What is shown first: a member's name, or nothing for a plain line.</param>
/// <param name="Text">What it says of itself.</param>
/// <param name="Embedded">What the model reads: the text, with the name's words before it.</param>
internal sealed record Document(string Title, string Text, string Embedded);
