using System.Diagnostics;
using System.Globalization;
using KernelForge.Models.Hub;

namespace SemanticSearch.Output;

/// <summary>Says how a download goes: a line every few seconds.</summary>
internal sealed class DownloadLines(Action<string> say) : IProgress<DownloadProgress>
{
    private static readonly TimeSpan interval = TimeSpan.FromSeconds(3);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan next;

    public void Report(DownloadProgress value)
    {
        if (clock.Elapsed < next) return;
        next = clock.Elapsed + interval;
        say(string.Create(CultureInfo.InvariantCulture,
            $"downloading the model: {value.File}, {value.Bytes / 1e6:N1} of {value.TotalBytes / 1e6:N1} MB so far"));
    }
}
