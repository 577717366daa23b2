namespace KernelForge.Models.Hub;

/// <summary>A model on the hub: <c>owner/name</c>, or <c>owner/name@revision</c>.</summary>
/// <param name="Repository"><c>owner/name</c>; old models have a name alone.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
internal sealed record HubName(string Repository, string Revision)
{
    private const int MostCharacters = 96;

    public override string ToString() => Revision == "main" ? Repository : $"{Repository}@{Revision}";

    /// <summary>Reads a name; null for what is none, such as a path.</summary>
    public static HubName? Parse(string text)
    {
        string[] halves = text.Split('@');
        if (halves.Length > 2) return null;
        string[] parts = halves[0].Split('/');
        if (parts.Length > 2 || !parts.All(IsPart)) return null;
        string revision = halves.Length == 2 ? halves[1] : "main";
        return IsRevision(revision) ? new HubName(halves[0], revision) : null;
    }

    /// <summary>Whether it is the hash of a commit or a blob: hexadecimal digits alone, this many.</summary>
    public static bool IsHash(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigitLower);

    // It becomes the name of a folder: no dots at its ends, and none that lead out of it.
    private static bool IsPart(string part) => part.Length is > 0 and <= MostCharacters
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && part[0] is not ('.' or '-') && part[^1] is not ('.' or '-') && !part.Contains("..") && !part.Contains("--");

    private static bool IsRevision(string text) => text.Split('/').All(part => part.Length > 0 && part[0] != '.' && part[^1] != '.'
        && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+'));
}
