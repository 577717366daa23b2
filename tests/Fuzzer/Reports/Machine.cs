using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace KernelForge.Fuzzer.Reports;

/// <summary>Where a run was made, and of what state of the code.</summary>
internal static class Machine
{
    public static JsonObject Describe() => new()
    {
        ["date"] = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
        ["commit"] = Commit,
        ["cpu"] = Cpu,
        ["cores"] = Environment.ProcessorCount,
        ["os"] = RuntimeInformation.OSDescription,
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        // Above the number of cores, other programs had a part of them.
        ["load_average"] = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[1] : null,
    };

    /// <summary>The commit that this program was built from: what the SDK writes behind the version.</summary>
    private static string? Commit => typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?
        .InformationalVersion.Split('+') is [_, var commit] ? commit : null;

    private static string? Cpu => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(line => line[0] == "model name")?[1]
        : null;
}
