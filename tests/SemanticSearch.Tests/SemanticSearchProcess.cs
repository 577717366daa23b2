using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SemanticSearch.Tests;

/// <summary>The built program, run as a user's shell would.</summary>
internal sealed partial class SemanticSearchProcess : IDisposable
{
    private readonly Process process;

    /// <param name="cache">Where it keeps its indexes.</param>
    /// <param name="arguments">Its command line.</param>
    public SemanticSearchProcess(string cache, params ReadOnlySpan<string> arguments)
        : this(cache, [], arguments)
    {
    }

    /// <param name="cache">Where it keeps its indexes.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    /// <param name="arguments">Its command line.</param>
    public SemanticSearchProcess(string cache, (string Name, string Value)[] environment, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SemanticSearch.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["XDG_CACHE_HOME"] = cache;
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        process = Process.Start(start)!;
    }

    public StreamReader Error => process.StandardError;

    public bool HasExited => process.HasExited;

    /// <summary>Gives it all of its standard input and waits for its end.</summary>
    public (int Code, string Output, string Error) Finish(string input = "")
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5))) throw new TimeoutException("the program does not end");
        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    public int WaitForExit()
    {
        if (!process.WaitForExit(TimeSpan.FromMinutes(5))) throw new TimeoutException("the program does not end");
        return process.ExitCode;
    }

    public void Kill() => process.Kill();

    public void Signal(PosixSignal signal) => Assert.Equal(0, SendSignal(process.Id, signal == PosixSignal.SIGINT ? 2 : 15));

    public static (int Code, string Output, string Error) Run(string cache, params ReadOnlySpan<string> arguments)
    {
        using var program = new SemanticSearchProcess(cache, arguments);
        return program.Finish();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
