namespace KernelForge.Cli;

internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Done = 0;

    /// <summary>Something is not as it should be: results differ, a kernel does not compile, a description breaks a rule.</summary>
    public const int Failed = 1;

    /// <summary>Nothing was done, as something was asked for that is not there or makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>Kernels were to be compiled, and there is no NVRTC.</summary>
    public const int NoCompiler = 3;
}
