using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

public sealed class DeclarationTests
{
    public static TheoryData<string> Driver => [.. Declaration.Of(typeof(DriverApi)).Select(declaration => declaration.Name)];

    public static TheoryData<string> Nvrtc => [.. Declaration.Of(typeof(NvrtcApi)).Select(declaration => declaration.Name)];

    [Theory]
    [MemberData(nameof(Driver))]
    public void The_drivers_functions_are_declared_as_its_header_has_them(string name)
    {
        // Drivers of CUDA 12 may have only the older symbol, whose parameters are the same.
        bool isOlder = name == nameof(DriverApi.cuEventElapsedTimeOfCuda12);
        string function = isOlder ? "cuEventElapsedTime" : name;
        Declaration declared = Declaration.Of(typeof(DriverApi)).Single(declaration => declaration.Name == name);
        Check(declared, function, isOlder ? function : null, Abi.Driver);
    }

    [Theory]
    [MemberData(nameof(Nvrtc))]
    public void The_compilers_functions_are_declared_as_its_header_has_them(string name) =>
        Check(Declaration.Of(typeof(NvrtcApi)).Single(declaration => declaration.Name == name), name, symbol: null, Abi.Nvrtc);

    [Fact]
    public void A_wrong_declaration_is_seen()
    {
        string[] faults =
        [
            .. Declaration.Of(typeof(WrongApi)).SelectMany(wrong => wrong.Faults(Abi.Driver.Function(wrong.Name)!, Abi.Driver)),
        ];
        Assert.Collection(
            faults.Order(StringComparer.Ordinal),
            fault => Assert.Contains("cuDeviceGet, parameter 'device': the value System.Int32", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'pMilliseconds': System.Int32 for float", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'bytesize': System.UInt32 has 4 bytes, size_t 8", fault, StringComparison.Ordinal),
            fault => Assert.Contains("cuMemFree, parameter 'dptr': the address", fault, StringComparison.Ordinal),
            fault => Assert.Contains("cuStreamWaitEvent has 2 parameters, not 3", fault, StringComparison.Ordinal));
    }

    private static void Check(Declaration declaration, string name, string? symbol, Abi abi)
    {
        AbiFunction? function = abi.Function(name);
        Assert.True(function is not null, $"no function '{name}' is known");
        Assert.Equal(symbol ?? function.Symbol, declaration.Symbol);
        Assert.Empty(declaration.Faults(function, abi));
    }
}

/// <summary>Never called: each declaration has one fault.</summary>
internal static partial class WrongApi
{
    [LibraryImport("none")]
    internal static partial CudaResult cuMemAlloc(out ulong address, uint bytes);

    [LibraryImport("none")]
    internal static partial CudaResult cuMemFree(out ulong address);

    [LibraryImport("none")]
    internal static partial CudaResult cuDeviceGet(int device, int ordinal);

    [LibraryImport("none")]
    internal static partial CudaResult cuStreamWaitEvent(nint stream, nint waited);

    [LibraryImport("none")]
    internal static partial CudaResult cuEventElapsedTime(out int milliseconds, nint start, nint end);
}
