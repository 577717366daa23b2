using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using KernelForge.Cli.Commands;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli;

/// <summary>From arguments to an exit code, see <see cref="ExitCode"/>.</summary>
internal static class CommandLine
{
    private const string Description = """
        Shows what layers are compiled to, compiles their kernels ahead of time, and checks devices against the reference.

        Exit codes: 0 done; 1 something is not as it should be (results differ, a kernel does not compile, a description breaks a
        rule); 2 wrong usage, or something that was named is not there; 3 there is no NVRTC to compile with.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (ParseError error in parsed.Errors) Complain(error.Message);
            Console.Error.WriteLine("Try --help.");
            return ExitCode.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (CudaException e) when (e.Kernel is { Length: > 0 })
        {
            Complain(e.Message);
            return ExitCode.Failed;
        }
        catch (InputException e)
        {
            return Complain(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or BadImageFormatException
            or ConfigException or WeightException or CudaException)
        {
            return Complain(e.Message);
        }
    }

    private static RootCommand Build() => new(Description)
    {
        DevicesCommand.Build(), InspectCommand.Build(), CompileCommand.Build(), VerifyCommand.Build(), BenchCommand.Build(),
    };

    private static int Complain(string message)
    {
        Console.Error.WriteLine($"kernelforge: {message}");
        return ExitCode.Usage;
    }
}
