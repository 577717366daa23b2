using System.Globalization;
using System.Text;

namespace KernelForge.Benchmarks.Publishing;

/// <summary>
/// Bars of useful GFLOP/s, a group a workload and a bar a contender in its best way, with the machine's peaks as lines; an SVG
/// whose colours stand out from a light and from a dark page.
/// </summary>
internal static class Chart
{
    private const int Width = 1000, Height = 460, Left = 56, Right = 150, Top = 20, Bottom = 90;

    private const string Ink = "#7a7f87";

    /// <summary>Of KernelForge's bars, and of others'; of middling lightness, told apart by hue and by order.</summary>
    private static readonly string[] own = ["#1f9d63", "#35b878", "#5fd09a"];
    private static readonly string[] others = ["#d97a1e", "#e3a04a", "#7c6fd0", "#b06fb8", "#4f8fd0"];

    public static string Of(Results results)
    {
        IReadOnlyList<string> tasks = Contenders.Tasks(results.Measured), names = Contenders.Names(results.Measured);
        double highest = results.Peaks.Select(p => p.Gflops).Concat(results.Measured.Select(m => m.Number("useful_gflops"))).Max();
        double step = Step(highest);
        double top = Math.Ceiling(highest / step) * step;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13" fill="{Ink}">
            <title>Useful GFLOP/s of every contender in its best way</title>

            """);
        for (double value = 0; value <= top; value += step)
        {
            Line(svg, Y(value), Ink, "0.35");
            Text(svg, Left - 8, Y(value) + 4, "end", Table.Number(value));
        }
        Text(svg, Left - 8, Top - 6, "start", "GFLOP/s");
        double group = (Width - Left - Right) / (double)tasks.Count, bar = group * 0.86 / names.Count;
        for (int t = 0; t < tasks.Count; t++)
        {
            double x = Left + (t * group);
            for (int n = 0; n < names.Count; n++)
            {
                if (Contenders.Best(results.Measured, tasks[t], names[n]) is not { } best) continue;
                Bar(svg, best, Colour(results, names, n), x + (group * 0.07) + (n * bar), bar);
            }
            Text(svg, x + (group / 2), Height - Bottom + 18, "middle", tasks[t]);
        }
        foreach ((string numbers, _, double gflops) in results.Peaks)
        {
            Line(svg, Y(gflops), Ink, "1", "6 4");
            Text(svg, Width - Right + 8, Y(gflops) + 4, "start", $"peak in {numbers}: {Table.Number(gflops)}");
        }
        for (int n = 0; n < names.Count; n++)
        {
            int x = Left + (n % 3 * 300), y = Height - 44 + (n / 3 * 20);
            string colour = Colour(results, names, n);
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y - 10}\" width=\"11\" height=\"11\" fill=\"{colour}\"/>\n");
            Text(svg, x + 17, y, "start", names[n]);
        }
        return svg.Append("</svg>\n").ToString().ReplaceLineEndings("\n");

        double Y(double value) => Height - Bottom - (value / top * (Height - Top - Bottom));

        void Bar(StringBuilder into, Measurement best, string colour, double x, double width)
        {
            double value = best.Number("useful_gflops"), y = Y(value);
            into.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{y:0.0}\" width=\"{width * 0.9:0.0}\" ");
            into.Append(CultureInfo.InvariantCulture, $"height=\"{Y(0) - y:0.0}\" fill=\"{colour}\">");
            into.Append(CultureInfo.InvariantCulture, $"<title>{best.Contender}, {best.Way}: {value:0.0}</title></rect>\n");
        }
    }

    /// <summary>A round number of which at most eight fit.</summary>
    private static double Step(double highest)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(highest / 8)));
        return power * new[] { 1.0, 2, 5, 10 }.First(factor => power * factor * 8 >= highest);
    }

    private static string Colour(Results results, IReadOnlyList<string> names, int index)
    {
        int ours = results.Measured.Where(m => m.IsOwn).Select(m => m.Contender).Distinct().Count();
        return index < ours ? own[index % own.Length] : others[(index - ours) % others.Length];
    }

    private static void Line(StringBuilder svg, double y, string colour, string opacity, string? dashes = null)
    {
        string dashed = dashes is null ? "" : $" stroke-dasharray=\"{dashes}\"";
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"stroke=\"{colour}\" stroke-opacity=\"{opacity}\"{dashed}/>\n");
    }

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" text-anchor=\"{anchor}\">{text}</text>\n");
}
