namespace SemanticSearch.Output;

internal static class Terminal
{
    /// <summary>Whether standard output is a terminal that knows bold type and whose user has not said otherwise (no-color.org).</summary>
    public static bool ShowsBold { get; } = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
}
