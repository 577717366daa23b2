using System.Runtime.CompilerServices;

namespace SemanticSearch;

/// <summary>Questions from standard input, one a line, asked for where a person sits at it.</summary>
internal static class Questions
{
    /// <summary>Ends with the input; blank lines are no questions.</summary>
    public static async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        bool person = !Console.IsInputRedirected;
        if (person) Console.Error.WriteLine("Ask a question; an end of file (Ctrl-D) ends.");
        while (true)
        {
            if (person) Console.Error.Write("? ");
            // Reading cannot be cancelled; waiting for it can.
            string? line = await Task.Run(Console.In.ReadLine, cancellation).WaitAsync(cancellation);
            if (line is null)
            {
                if (person) Console.Error.WriteLine();
                yield break;
            }
            if (!string.IsNullOrWhiteSpace(line)) yield return line.Trim();
        }
    }
}
