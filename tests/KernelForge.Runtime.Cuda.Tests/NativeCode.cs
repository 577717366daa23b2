using System.Runtime.CompilerServices;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests;

/// <summary>The native libraries that the tests run against, named by the environment as a user would name them.</summary>
internal static class NativeCode
{
    private static readonly Lazy<object> compiler = new(() =>
    {
        try
        {
            return NvrtcCompiler.Open();
        }
        catch (CudaException missing)
        {
            return missing;
        }
    });

    /// <summary>The real NVRTC; skips the running test where there is none, with the places where it was looked for.</summary>
    public static NvrtcCompiler Compiler
    {
        get
        {
            Assert.SkipWhen(compiler.Value is CudaException, (compiler.Value as CudaException)?.Message ?? "");
            return (NvrtcCompiler)compiler.Value;
        }
    }

    [ModuleInitializer]
    internal static void NameCompiler()
    {
        if (Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") is null && Data.Find("nvrtc") is { } folder)
            Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC", folder);
    }
}
