using System.Globalization;
using System.Text;

namespace KernelForge.Compiler.Kernels.Lowering;

/// <summary>Identifiers that C# and CUDA C accept, each once in a plan, as near to the user's names as they can be.</summary>
internal sealed class KernelNames
{
    private const int Longest = 60;
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public string Unique(string wanted)
    {
        var text = new StringBuilder();
        foreach (char c in wanted)
            if (c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_') text.Append(c);
        string name = text.Length == 0 || char.IsDigit(text[0]) ? "value" + text : text.ToString();
        if (name.Length > Longest) name = name.Substring(0, Longest);
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++) unique = name + i.ToString(CultureInfo.InvariantCulture);
        return unique;
    }
}
