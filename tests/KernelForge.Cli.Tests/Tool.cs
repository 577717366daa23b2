using System.Diagnostics;
using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

/// <summary>The built program, run as a user's shell would.</summary>
internal static class Tool
{
    public sealed record Outcome(int Code, string Output, string Error)
    {
        /// <summary>What it printed, where it ended well and complained of nothing.</summary>
        public string Succeeded()
        {
            Assert.True(Code == 0, Output + Error);
            Assert.Equal("", Error);
            return Output;
        }
    }

    /// <summary>This test assembly, which has layers, and beside which the models lie.</summary>
    public static string OwnAssembly => typeof(Tower).Assembly.Location;

    public static string Models => Path.Combine(AppContext.BaseDirectory, "KernelForge.Models.dll");

    public static Outcome Run(params string[] arguments) => Run([], arguments);

    /// <param name="environment">Variables on top of this process's; NVRTC is that of the test data where there is one.</param>
    /// <param name="arguments">The command line.</param>
    public static Outcome Run(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KernelForge.Cli.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        if (Data.Find("nvrtc") is { } nvrtc) start.Environment.TryAdd("KERNELFORGE_NVRTC", nvrtc);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill();
            throw new TimeoutException("the program does not end");
        }
        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
