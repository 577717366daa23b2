using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Model;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Peers;

/// <summary>A program that runs one task and prints one line of JSON about it, KernelForge's own among them.</summary>
/// <param name="Name">What it is, before any of its lines says so.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Command">The program and its first arguments; those of the task follow.</param>
/// <param name="Numbers">In which it multiplies: they say which peak is its limit, and how exact it can be.</param>
/// <param name="SplitsBatches">True where its way is another's on one sequence: it has nothing to add to a batch of one.</param>
/// <param name="Libraries">A folder in which its process looks for native libraries first; null for none.</param>
internal sealed record Contender(
    string Name, string Folder, IReadOnlyList<string> Command, ComparedPrecision Numbers, bool SplitsBatches = false,
    string? Libraries = null)
{
    /// <summary>Variables that its process has beside those of this one.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public JsonObject Run(Workload workload, int threads) => Run(workload.Name, threads, workload.Layers, workload.Repetitions);

    /// <param name="arguments">Follow those of the command.</param>
    /// <exception cref="InvalidOperationException">The program failed; the message has what it wrote to its error stream.</exception>
    public JsonObject Run(params object[] arguments)
    {
        var start = new ProcessStartInfo(Command[0], Command.Skip(1))
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (object argument in arguments) start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        if (Libraries is not null) start.Environment["LD_LIBRARY_PATH"] = Libraries;
        foreach ((string name, string value) in Variables) start.Environment[name] = value;
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{Command[0]}' did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Name} ended on {arguments[0]} with code {process.ExitCode}: {errors.Result.Trim()}");
        string line = output.Split('\n').LastOrDefault(l => l.StartsWith('{'))
            ?? throw new InvalidOperationException($"{Name} printed no result on {arguments[0]}.");
        return JsonNode.Parse(line) as JsonObject ?? throw new JsonException($"{Name} printed '{line}', which is no object.");
    }
}
