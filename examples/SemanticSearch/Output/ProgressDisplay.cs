using System.Globalization;
using KernelForge.Models.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SemanticSearch.Output;

/// <summary>Shows on standard error how an encoding goes: a bar on a terminal, elsewhere a line every few seconds.</summary>
internal static class ProgressDisplay
{
    public static T Run<T>(Func<IProgress<EncodingProgress>, T> work) =>
        Console.IsErrorRedirected ? work(new Lines(Console.Error)) : RunWithBar(work);

    private static T RunWithBar<T>(Func<IProgress<EncodingProgress>, T> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var speed = new SpeedColumn();
        return console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), speed, new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask("indexing"), speed)));
    }

    private static string Speed(EncodingProgress progress) => string.Create(CultureInfo.InvariantCulture,
        $"{progress.TextsPerSecond:N0} texts/s, {progress.TokensPerSecond:N0} tokens/s");

    private sealed class Bar(ProgressTask task, SpeedColumn speed) : IProgress<EncodingProgress>
    {
        public void Report(EncodingProgress value)
        {
            speed.Latest = value;
            task.MaxValue = value.TotalTokens;
            task.Value = value.Tokens;
        }
    }

    private sealed class SpeedColumn : ProgressColumn
    {
        public EncodingProgress Latest { get; set; }

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Spectre.Console.Text(Speed(Latest));
    }

    private sealed class Lines(TextWriter output) : IProgress<EncodingProgress>
    {
        private static readonly TimeSpan interval = TimeSpan.FromSeconds(5);
        private TimeSpan next = interval;

        public void Report(EncodingProgress value)
        {
            if (value.Elapsed < next && value.Texts < value.TotalTexts) return;
            next = value.Elapsed + interval;
            string counts = string.Create(CultureInfo.InvariantCulture, $"indexed {value.Texts:N0} of {value.TotalTexts:N0} texts");
            output.WriteLine($"{counts}, {Speed(value)}");
        }
    }
}
