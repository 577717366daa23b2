using System.Diagnostics;

namespace KernelForge.Package.Tests;

/// <summary>Runs programs as a person would in a shell, with nothing left of the build that started these tests.</summary>
internal static class Sdk
{
#if DEBUG
    public static string Configuration => "Debug";
#else
    public static string Configuration => "Release";
#endif

    /// <summary>What a run printed, both streams in the order of their lines, and how it ended.</summary>
    public sealed record Outcome(int ExitCode, string Output)
    {
        public Outcome Succeeded()
        {
            Assert.True(ExitCode == 0, Output);
            return this;
        }
    }

    public static Outcome DotNet(string folder, params string[] arguments) => Run("dotnet", folder, arguments);

    /// <summary>With NVRTC as the variable names it: a folder, one without a library included.</summary>
    public static Outcome DotNetWithNvrtc(string nvrtc, string folder, params string[] arguments) =>
        Run("dotnet", folder, arguments, ("KERNELFORGE_NVRTC", nvrtc));

    public static Outcome Run(string program, string folder, params string[] arguments) => Run(program, folder, arguments, []);

    private static Outcome Run(string program, string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(IsOfTheOuterBuild).ToList()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in environment) start.Environment[name] = value;

        var lines = new List<string>();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        lock (lines) return new Outcome(process.ExitCode, string.Join('\n', lines));

        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (lines)
                if (line.Data is { } text) lines.Add(text);
        }
    }

    private static bool IsOfTheOuterBuild(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DOTNET_CLI_TEST", StringComparison.Ordinal)
        || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase);
}
