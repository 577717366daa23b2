using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>NVRTC, as it was found on this machine. Needs neither a GPU nor a driver.</summary>
public sealed unsafe class NvrtcCompiler : IKernelCompiler
{
    /// <summary>From here on NVRTC has a cache of its own, which answers without the log.</summary>
    private static readonly Version firstWithCache = new(12, 9);

    private readonly int[] architectures;

    private NvrtcCompiler(string path)
    {
        Path = path;
        Check("nvrtcVersion", NvrtcApi.nvrtcVersion(out int major, out int minor));
        Version = new Version(major, minor);

        Check("nvrtcGetNumSupportedArchs", NvrtcApi.nvrtcGetNumSupportedArchs(out int count));
        architectures = new int[count];
        fixed (int* start = architectures) Check("nvrtcGetSupportedArchs", NvrtcApi.nvrtcGetSupportedArchs(start));
    }

    /// <summary>The library's file, or its name where the loader found it.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <summary>What it can compile for, in ascending order.</summary>
    public IReadOnlyList<Architecture> Architectures => [.. architectures.Order().Select(Architecture.FromNumber)];

    /// <exception cref="CudaException">There is none, with the places where it was looked for.</exception>
    public static NvrtcCompiler Open() =>
        new((NativeLibraries.Nvrtc.Library ?? throw new CudaException(NativeLibraries.Nvrtc.Explain())).Path);

    /// <inheritdoc/>
    public CompileTarget TargetFor(Architecture device)
    {
        if (architectures.Contains(device.Number)) return CompileTarget.Cubin(device);
        Architecture[] below = [.. Architectures.Where(known => known < device)];
        return below.Length > 0
            ? CompileTarget.Ptx(below[^1])
            : throw new CudaException(
                $"NVRTC {Version} ('{Path}') compiles for {Architectures[0]} and later, not for {device}: use an older one");
    }

    /// <inheritdoc/>
    public CompiledKernel Compile(KernelSource source, CompileTarget target, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);

        NvrtcResult created = NvrtcApi.nvrtcCreateProgram(out nint program, source.Compose(), source.FileName, 0, null, null);
        Check("nvrtcCreateProgram", created, source.Name);
        try
        {
            string[] arguments = [.. options.ToArguments(target), .. Version >= firstWithCache ? (string[])["--no-cache"] : []];
            NvrtcResult compiled = Run(program, arguments);
            string log = CompileLog.Annotate(ReadLog(program), source);
            if (compiled != NvrtcResult.Success) throw Failure(compiled, source, target, arguments, log);

            byte[] image = target.IsPtx
                ? Read(program, "nvrtcGetPTX", source.Name, NvrtcApi.nvrtcGetPTXSize, NvrtcApi.nvrtcGetPTX)
                : Read(program, "nvrtcGetCUBIN", source.Name, NvrtcApi.nvrtcGetCUBINSize, NvrtcApi.nvrtcGetCUBIN);
            return new CompiledKernel(image, log);
        }
        finally
        {
            Check("nvrtcDestroyProgram", NvrtcApi.nvrtcDestroyProgram(ref program), source.Name);
        }
    }

    private static NvrtcResult Run(nint program, string[] arguments)
    {
        byte** pointers = stackalloc byte*[arguments.Length];
        try
        {
            for (int i = 0; i < arguments.Length; i++) pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            return NvrtcApi.nvrtcCompileProgram(program, arguments.Length, pointers);
        }
        finally
        {
            for (int i = 0; i < arguments.Length; i++) Marshal.FreeCoTaskMem((nint)pointers[i]);
        }
    }

    private static string ReadLog(nint program)
    {
        Check("nvrtcGetProgramLogSize", NvrtcApi.nvrtcGetProgramLogSize(program, out nuint bytes));
        var log = new byte[bytes];
        fixed (byte* start = log) Check("nvrtcGetProgramLog", NvrtcApi.nvrtcGetProgramLog(program, start));
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    private delegate NvrtcResult SizeOfResult(nint program, out nuint bytes);

    private delegate NvrtcResult CopyResult(nint program, byte* destination);

    private static byte[] Read(nint program, string call, string kernel, SizeOfResult size, CopyResult copy)
    {
        Check(call + "Size", size(program, out nuint bytes), kernel);
        var image = new byte[bytes];
        fixed (byte* start = image) Check(call, copy(program, start), kernel);
        return image;
    }

    private CudaException Failure(NvrtcResult result, KernelSource source, CompileTarget target, string[] arguments, string log)
    {
        string hint = result == NvrtcResult.BuiltinOperationFailure
            ? $"\nIts library libnvrtc-builtins of the same version must lie beside '{Path}'."
            : "";
        return CudaException.FromCompiler("nvrtcCompileProgram", source.Name,
            $"NVRTC {Version} ('{Path}') does not compile kernel '{source.Name}' for {target}: {NameOf(result)}{hint}\n" +
            $"{log}\nwith {string.Join(' ', arguments)}");
    }

    private static void Check(string call, NvrtcResult result, string? kernel = null)
    {
        if (result == NvrtcResult.Success) return;
        string at = kernel is null ? "" : $" for kernel '{kernel}'";
        throw CudaException.FromCompiler(call, kernel ?? "", $"{call}{at} failed with {NameOf(result)}");
    }

    private static string NameOf(NvrtcResult result) => string.Create(
        CultureInfo.InvariantCulture, $"{Marshal.PtrToStringUTF8((nint)NvrtcApi.nvrtcGetErrorString(result))} ({(int)result})");
}
