using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using KernelForge.Runtime.Cpu;

namespace KernelForge.Benchmarks.Measure;

/// <summary>Where and when a result was measured, and on what state of the code.</summary>
internal static class Machine
{
    public static JsonObject Describe() => new()
    {
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["commit"] = Git("rev-parse", "HEAD"),
        ["uncommitted_changes"] = Git("status", "--porcelain")?.Length > 0,
        ["cpu"] = Cpu("model name"),
        ["cpu_family_model"] = $"{Cpu("cpu family")}/{Cpu("model")}",
        ["cores"] = Environment.ProcessorCount,
        ["caches"] = Caches(),
        ["vector_bits"] = VectorWidth.Widest,
        ["memory_gib"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30,
        ["os"] = RuntimeInformation.OSDescription,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        // Above the number of cores it is waiting for: the figures that follow then come from a busy machine.
        ["load_average"] = double.TryParse(ReadFirst("/proc/loadavg"), CultureInfo.InvariantCulture, out double load) ? load : null,
    };

    /// <summary>A line of Linux's description of the first processor; null elsewhere.</summary>
    private static string? Cpu(string field) => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo")
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(f => f[0] == field)?[1]
        : null;

    /// <summary>The caches of the first processor, from the innermost outwards, as Linux describes them.</summary>
    private static JsonArray Caches()
    {
        const string folder = "/sys/devices/system/cpu/cpu0/cache";
        var caches = new JsonArray();
        if (!Directory.Exists(folder)) return caches;
        foreach (string index in Directory.EnumerateDirectories(folder, "index*").Order(StringComparer.Ordinal))
        {
            string? Read(string file) => ReadFirst(Path.Combine(index, file));
            caches.Add($"L{Read("level")} {Read("type")} {Read("size")} (cpus {Read("shared_cpu_list")})");
        }
        return caches;
    }

    private static string? ReadFirst(string path) => File.Exists(path) ? File.ReadAllText(path).Split(' ', '\n')[0] : null;

    /// <summary>What git says of the repository that this program was built in; null outside one.</summary>
    private static string? Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process? git = Process.Start(start);
            string? output = git?.StandardOutput.ReadToEnd().Trim();
            git?.WaitForExit();
            return git?.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
