using System.Text;

namespace SemanticSearch.Documents;

/// <summary>A type or a method, all its overloads together.</summary>
/// <param name="Name">In full, as documentation spells it, without parameters: <c>System.Collections.Generic.List`1.Sort</c>.</param>
/// <param name="Display">The same as a person writes it: <c>System.Collections.Generic.List&lt;T&gt;.Sort</c>.</param>
/// <param name="Summary">The shortest of its overloads' summaries.</param>
/// <param name="Depth">How many names its namespace has.</param>
/// <param name="Overloads">0 for a type.</param>
internal sealed record ApiMember(string Name, string Display, string Summary, int Depth, int Overloads)
{
    /// <summary>Both together. Of overloads the shortest summary says what all of them have in common.</summary>
    public ApiMember Or(ApiMember other) =>
        (other.Summary.Length < Summary.Length ? other : this) with { Overloads = Overloads + other.Overloads };

    /// <summary>The model reads <c>read lines (file): Reads the lines of a file.</c></summary>
    public Document ToDocument()
    {
        string[] parts = Display.Split('.');
        string name = Words(parts[^1]);
        string title = Overloads == 0 ? Display : Overloads == 1 ? Display + "()" : $"{Display}() and {Overloads - 1} more";
        return new Document(title, Summary, Overloads == 0 ? $"{name}: {Summary}" : $"{name} ({Words(parts[^2])}): {Summary}");
    }

    /// <summary><c>ReadAllLinesAsync&lt;T&gt;</c> → <c>read all lines async</c>; <c>XMLReader</c> → <c>xml reader</c>.</summary>
    internal static string Words(string identifier)
    {
        var words = new StringBuilder();
        for (int i = 0; i < identifier.Length && identifier[i] != '<'; i++)
        {
            char c = identifier[i];
            bool starts = char.IsUpper(c) && i > 0 && (!char.IsUpper(identifier[i - 1])
                || (i + 1 < identifier.Length && char.IsLower(identifier[i + 1])));
            if (starts) words.Append(' ');
            words.Append(char.ToLowerInvariant(c));
        }
        return words.ToString();
    }
}
