namespace SemanticSearch;

internal static class ExitCode
{
    public const int Found = 0, NothingFound = 1, Failed = 1, Usage = 2, Interrupted = 130, Terminated = 143;
}
