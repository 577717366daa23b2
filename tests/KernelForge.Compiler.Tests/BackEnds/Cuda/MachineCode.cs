using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.BackEnds.Cuda;

/// <summary>CUDA C made into machine code for a real architecture by the real NVRTC, which needs no GPU.</summary>
/// <param name="Cubin">The machine code; empty where the text does not compile.</param>
/// <param name="Log">Everything NVRTC and its assembler had to say: errors, warnings, spills, local memory.</param>
internal sealed record MachineCode(byte[] Cubin, string Log)
{
    private static readonly string[] always =
    [
        "--std=c++17", "--fmad=false", "--ptxas-options=--warn-on-spills", "--ptxas-options=--warn-on-local-memory-usage", "--no-cache",
    ];

    /// <param name="source">CUDA C without any include.</param>
    /// <param name="architecture"><c>sm_80</c>, <c>sm_90a</c> …</param>
    /// <param name="options">More of NVRTC's options, such as <c>-DTILE_M=128</c>.</param>
    public static MachineCode Of(string source, string architecture, params string[] options)
    {
        // A person's own choice comes first, then the test data's NVRTC, then whatever the machine has.
        if (Environment.GetEnvironmentVariable(LibraryNames.Nvrtc.Variable) is null or "" && Data.Find("nvrtc") is { } folder)
            Environment.SetEnvironmentVariable(LibraryNames.Nvrtc.Variable, folder);
        SearchOutcome search = NativeLibraries.Nvrtc;
        Assert.SkipWhen(search.Library is null, search.Explain());
        return Compile(source, [$"--gpu-architecture={architecture}", .. always, .. options]);
    }

    /// <summary>The disassembly; skips the running test where there is no disassembler.</summary>
    public string Disassemble() => Disassembly.Of(Cubin);

    private static unsafe MachineCode Compile(string source, string[] options)
    {
        Check(NvrtcApi.nvrtcCreateProgram(out nint program, source, "kernel.cu", 0, null, null));
        byte*[] pointers = [.. Pinned(options)];
        try
        {
            NvrtcResult result;
            fixed (byte** first = pointers) result = NvrtcApi.nvrtcCompileProgram(program, pointers.Length, first);
            Check(NvrtcApi.nvrtcGetProgramLogSize(program, out nuint size));
            byte[] log = new byte[size];
            fixed (byte* to = log) Check(NvrtcApi.nvrtcGetProgramLog(program, to));
            string text = Encoding.UTF8.GetString(log).TrimEnd('\0').Trim();
            if (result != NvrtcResult.Success) return new MachineCode([], $"{result}\n{text}");

            Check(NvrtcApi.nvrtcGetCUBINSize(program, out size));
            byte[] cubin = new byte[size];
            fixed (byte* to = cubin) Check(NvrtcApi.nvrtcGetCUBIN(program, to));
            return new MachineCode(cubin, text);
        }
        finally
        {
            foreach (byte* pointer in pointers) Marshal.FreeCoTaskMem((nint)pointer);
            _ = NvrtcApi.nvrtcDestroyProgram(ref program);
        }
    }

    private static unsafe byte*[] Pinned(string[] texts)
    {
        byte*[] pointers = new byte*[texts.Length];
        for (int i = 0; i < texts.Length; i++) pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return pointers;
    }

    private static void Check(NvrtcResult result) => Assert.Equal(NvrtcResult.Success, result);
}
