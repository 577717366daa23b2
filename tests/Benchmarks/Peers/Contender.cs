using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Workloads;

namespace KernelForge.Benchmarks.Peers;

/// <summary>A program that runs one workload and prints one line of JSON about it, KernelForge's own among them.</summary>
/// <param name="Name">What it is, before any of its lines says so.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Command">The program and its first arguments; workload, threads, layers and repetitions follow.</param>
/// <param name="SplitsBatches">True where it runs one sequence at a time; it has nothing to add to a batch of one.</param>
internal sealed record Contender(string Name, string Folder, IReadOnlyList<string> Command, bool SplitsBatches)
{
    /// <exception cref="InvalidOperationException">The program failed; the message has what it wrote to its error stream.</exception>
    public JsonObject Run(Workload workload, int threads)
    {
        var start = new ProcessStartInfo(Command[0], Command.Skip(1))
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(workload.Name);
        foreach (int number in (int[])[threads, workload.Layers, workload.Repetitions])
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"'{Command[0]}' did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Name} ended on {workload.Name} with code {process.ExitCode}: {errors.Result.Trim()}");
        string line = output.Split('\n').LastOrDefault(l => l.StartsWith('{'))
            ?? throw new InvalidOperationException($"{Name} printed no result on {workload.Name}.");
        return JsonNode.Parse(line) as JsonObject ?? throw new JsonException($"{Name} printed '{line}', which is no object.");
    }
}
