using System.Runtime.CompilerServices;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests;

/// <summary>Tests of a run share what NVRTC makes: compiling is most of their time. <c>test.sh</c> begins with none of it.</summary>
internal static class CubinFolder
{
    [ModuleInitializer]
    internal static void Name()
    {
        if (Environment.GetEnvironmentVariable("KERNELFORGE_CUBIN_CACHE") is null)
            Environment.SetEnvironmentVariable("KERNELFORGE_CUBIN_CACHE", Path.Combine(Data.RepositoryRoot, "artifacts", "test-cubins"));
    }
}
