using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Emulation;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Runtime.Cuda.Tests;

namespace KernelForge.Cuda.Tests;

/// <summary>One kernel by itself on an emulated GPU: the real NVRTC's PTX of its text, arrays in device memory, and what the checker found.</summary>
internal sealed class EmulatedKernel : IDisposable
{
    private readonly EmulatedDevice device;
    private readonly EmulatedFunction function;
    private readonly List<ulong> arrays = [];

    /// <param name="entry">The kernel's name in the text.</param>
    /// <param name="text">The kernel, without the device library.</param>
    /// <param name="deviceFiles">Files of the device library in front of it, such as <c>types.cuh</c>.</param>
    /// <param name="definitions">Constants: <c>ELEMENT=f16</c>.</param>
    /// <param name="seed">Draws the order in which warps run.</param>
    /// <param name="mutate">What becomes of the whole text before it is compiled.</param>
    public EmulatedKernel(
        string entry, string text, string[] deviceFiles, IEnumerable<string> definitions, int seed = 0, Func<string, string>? mutate = null)
    {
        var source = new KernelSource(entry, text) { DeviceFiles = [.. deviceFiles] };
        if (mutate is not null) source = new KernelSource(entry, mutate(source.Compose()));
        var options = new CompileOptions { Constants = [.. definitions.Select(Split)], LineInfo = true };
        CompiledKernel compiled = NativeCode.Compiler.Compile(source, CompileTarget.FullPtx(new(8, 0)), options);
        Assert.Equal("", compiled.Log);
        device = new EmulatedDevice(new(8, 0), seed);
        function = device.LoadModule(Encoding.UTF8.GetString(compiled.Image).TrimEnd('\0')).GetFunction(entry);
    }

    public IReadOnlyList<Finding> Findings => device.Findings;

    /// <summary>Device memory that holds the values.</summary>
    public ulong Array<T>(ReadOnlySpan<T> values, string name) where T : unmanaged
    {
        ulong address = Room(Math.Max(1, values.Length) * Marshal.SizeOf<T>(), name);
        if (values.Length > 0) device.CopyTo(address, values);
        return address;
    }

    /// <summary>Device memory that nobody has written yet.</summary>
    public ulong Room(long bytes, string name)
    {
        ulong address = device.Allocate(bytes, name);
        arrays.Add(address);
        return address;
    }

    public T[] Read<T>(ulong address, int count) where T : unmanaged
    {
        var values = new T[count];
        device.CopyFrom(address, values.AsSpan());
        return values;
    }

    public LaunchStatistics Launch(Index3 grid, Index3 block, int sharedBytes, LaunchArguments arguments) =>
        device.Launch(function, grid, block, sharedBytes, arguments);

    public void Dispose()
    {
        foreach (ulong address in arrays) device.Free(address);
        device.Dispose();
    }

    private static KeyValuePair<string, string> Split(string definition)
    {
        int at = definition.IndexOf('=', StringComparison.Ordinal);
        return KeyValuePair.Create(definition[..at], definition[(at + 1)..]);
    }
}
