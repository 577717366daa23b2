using System.Globalization;
using KernelForge.Benchmarks.Model;

namespace KernelForge.Benchmarks.Peers;

/// <summary>This program as a contender: each turn is a process of its own, as the others' are.</summary>
internal static class Self
{
    /// <param name="command">A command of this program that takes both options.</param>
    /// <param name="vectorBits">0 for the widest.</param>
    /// <param name="precision">Numbers of its device.</param>
    public static Contender Running(string command, int vectorBits, ComparedPrecision precision)
    {
        Contender plain = Running(command, precision);
        return plain with { Command = [.. plain.Command, "--vector-bits", vectorBits.ToString(CultureInfo.InvariantCulture)] };
    }

    /// <param name="command">A command of this program that takes a precision.</param>
    /// <param name="precision">Numbers of its device.</param>
    public static Contender Running(string command, ComparedPrecision precision) =>
        new($"kernelforge {precision.Name}", AppContext.BaseDirectory, [.. Program(), command, "--precision", precision.Name], precision);

    /// <summary>The file that was started, or dotnet with the assembly that it was given.</summary>
    private static string[] Program()
    {
        string started = Environment.ProcessPath ?? "dotnet";
        string assembly = Path.Combine(AppContext.BaseDirectory, "KernelForge.Benchmarks.dll");
        return Path.GetFileNameWithoutExtension(started) == "dotnet" ? [started, assembly] : [started];
    }
}
