using System.Globalization;
using System.Text;

namespace KernelForge.Benchmarks.Publishing;

/// <summary>A table in Markdown, row after row.</summary>
internal sealed class Table
{
    private readonly StringBuilder text = new();

    public Table(params IReadOnlyList<string> heads)
    {
        Row(heads);
        Row([.. heads.Select(_ => "---")]);
    }

    public void Row(params IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    public override string ToString() => text.ToString();

    public static string Number(double value, string format = "0") => value.ToString(format, CultureInfo.InvariantCulture);
}
