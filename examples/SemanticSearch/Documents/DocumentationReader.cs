using System.Text;
using System.Xml;

namespace SemanticSearch.Documents;

/// <summary>Reads the types and methods of one XML documentation file, in the form that the C# compiler writes.</summary>
internal static class DocumentationReader
{
    /// <exception cref="InvalidDataException">The file is not well-formed.</exception>
    public static IReadOnlyList<ApiMember> Read(string path)
    {
        var members = new List<ApiMember>();
        var genericNames = new Dictionary<string, string>(StringComparer.Ordinal); // List`1 → List<T>
        using var reader = XmlReader.Create(path, new XmlReaderSettings { IgnoreWhitespace = false, DtdProcessing = DtdProcessing.Ignore });
        try
        {
            while (reader.ReadToFollowing("member"))
                if (reader.GetAttribute("name") is { } id && ReadMember(id, reader, genericNames) is { } member) members.Add(member);
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"'{path}' is not well-formed XML: {e.Message}", e);
        }
        return members;
    }

    private static ApiMember? ReadMember(string id, XmlReader reader, Dictionary<string, string> genericNames)
    {
        bool type = id.StartsWith("T:", StringComparison.Ordinal);
        if (!type && !id.StartsWith("M:", StringComparison.Ordinal)) return null;
        int end = id.IndexOfAny(['(', '~']);
        string name = end < 0 ? id[2..] : id[2..end];
        // Constructors, explicit implementations and operators: nobody asks for them by what they say.
        if (name.Contains('#') || name.Contains(".op_", StringComparison.Ordinal)) return null;

        (string summary, List<string> parameters) = ReadBody(reader);
        int method = name.IndexOf("``", StringComparison.Ordinal);
        if (method >= 0) name = name[..method];
        int dot = name.LastIndexOf('.');
        string owner = dot < 0 ? "" : name[..dot];
        string display = WithoutArity(name[(dot + 1)..]);
        if (dot >= 0) display = $"{genericNames.GetValueOrDefault(owner, WithoutArity(owner))}.{display}";
        if (parameters.Count > 0 && (type || method >= 0)) display += $"<{string.Join(", ", parameters)}>";
        if (type) genericNames[name] = display;
        if (summary.Length == 0) return null;
        return new ApiMember(name, display, summary, owner.Count(c => c == '.') + (type ? 1 : 0), type ? 0 : 1);
    }

    // The reader stands on <member>, and is left at its end.
    private static (string Summary, List<string> Parameters) ReadBody(XmlReader reader)
    {
        string summary = "";
        var parameters = new List<string>();
        if (reader.IsEmptyElement) return (summary, parameters);
        int depth = reader.Depth;
        reader.Read();
        while (reader.Depth > depth)
        {
            if (reader is { NodeType: XmlNodeType.Element, Name: "summary" }) summary = ReadText(reader);
            else
            {
                if (reader is { NodeType: XmlNodeType.Element, Name: "typeparam" } && reader.GetAttribute("name") is { } name)
                    parameters.Add(name);
                reader.Skip();
            }
        }
        return (summary, parameters);
    }

    /// <summary>The words of an element, white space folded; a reference to a member reads as its last name.</summary>
    private static string ReadText(XmlReader reader)
    {
        var text = new StringBuilder();
        int depth = reader.Depth;
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return "";
        }
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                text.Append(reader.Value);
            else if (reader.NodeType == XmlNodeType.Element)
            {
                if (reader.Name is "para" or "br" or "item") text.Append(' ');
                if (reader.IsEmptyElement)
                    text.Append(reader.GetAttribute("langword") ?? reader.GetAttribute("name") ?? LastName(reader.GetAttribute("cref")));
            }
        }
        reader.Read();
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string LastName(string? id)
    {
        if (id is null) return "";
        string name = id.Split('(')[0];
        return WithoutArity(name[(name.LastIndexOfAny(['.', ':']) + 1)..]);
    }

    // Nested and generic names carry `1 anywhere: Dictionary`2.Enumerator.
    private static string WithoutArity(string name)
    {
        if (!name.Contains('`')) return name;
        var plain = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] != '`') plain.Append(name[i]);
            else while (i + 1 < name.Length && (name[i + 1] == '`' || char.IsAsciiDigit(name[i + 1]))) i++;
        }
        return plain.ToString();
    }
}
