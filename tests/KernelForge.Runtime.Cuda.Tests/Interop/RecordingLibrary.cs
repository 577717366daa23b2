using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

/// <summary>
/// A library with the driver's symbols that does nothing but write down what arrives. Its C is made from the vendor's header as
/// <c>tests/Data/cuda-abi</c> has it, never from our declarations, and compiled by the system's compiler.
/// </summary>
internal sealed class RecordingLibrary
{
    private readonly nint handle;

    private RecordingLibrary(string path)
    {
        Path = path;
        handle = NativeLibrary.Load(path);
    }

    public string Path { get; }

    /// <summary>Skips the running test where no C compiler is.</summary>
    public static RecordingLibrary Build(string folder, params string[] without)
    {
        string source = System.IO.Path.Combine(folder, "recorder.c"), library = System.IO.Path.Combine(folder, "libcuda.so.1");
        File.WriteAllText(source, Text(without));
        string? error = Compile(source, library);
        Assert.SkipWhen(error is not null && error.StartsWith("no C compiler", StringComparison.Ordinal), error ?? "");
        Assert.True(error is null, error);
        return new RecordingLibrary(library);
    }

    /// <summary>A call a line, as <c>name(argument, …)</c>: what was written is <c>out</c>.</summary>
    public unsafe string[] Take()
    {
        var log = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(handle, "recorder_log");
        string[] lines = Marshal.PtrToStringUTF8((nint)log())!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "recorder_clear"))();
        return lines;
    }

    /// <summary>The next call of a symbol answers with this code.</summary>
    public unsafe void Fail(string symbol, int code)
    {
        var fail = (delegate* unmanaged<byte*, int, void>)NativeLibrary.GetExport(handle, "recorder_fail");
        fixed (byte* name = Encoding.UTF8.GetBytes(symbol + "\0")) fail(name, code);
    }

    private static string? Compile(string source, string library)
    {
        foreach (string compiler in (string[])["cc", "gcc", "clang"])
        {
            try
            {
                string[] arguments = ["-shared", "-fPIC", "-O1", "-Wall", "-o", library, source];
                using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { RedirectStandardError = true })!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                return process.ExitCode == 0 ? null : errors;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not this one.
            }
        }
        return "no C compiler: none of cc, gcc, clang is on the path";
    }

    private static string Text(string[] without)
    {
        var text = new StringBuilder(RecorderText.Prelude);
        AbiFunction[] functions = Imported();
        foreach (string type in Types(functions)) text.Append(RecorderText.TypeDefinition(type, Abi.Driver)).Append('\n');
        foreach (AbiFunction function in functions.Where(function => !without.Contains(function.Symbol)))
            text.Append(RecorderText.Function(function));

        // The older name of CUDA 12, under which the header no longer has it.
        AbiFunction elapsed = Abi.Driver.Function("cuEventElapsedTime")!;
        return text.Append(RecorderText.Function(elapsed with { Symbol = elapsed.Name })).ToString();
    }

    /// <summary>The header's functions under the symbols that we import.</summary>
    private static AbiFunction[] Imported()
    {
        HashSet<string> symbols = [.. Declaration.Of(typeof(DriverApi)).Select(declaration => declaration.Symbol)];
        return [.. Abi.Driver.Functions.Where(function => symbols.Contains(function.Symbol))];
    }

    private static IEnumerable<string> Types(AbiFunction[] functions) => functions
        .SelectMany(function => function.Parameters.Select(parameter => parameter.Type.Base))
        .Append("CUresult")
        .Where(type => type is not (
            "void" or "char" or "int" or "unsigned int" or "float" or "size_t" or "unsigned char" or "unsigned long long"))
        .Distinct()
        .Order(StringComparer.Ordinal);
}

/// <summary>The recorder's C.</summary>
internal static class RecorderText
{
    public const string Prelude = """
        #include <stddef.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <string.h>

        static char log_text[1 << 20];
        static size_t log_length;
        static char failing[64];
        static int failing_code;
        static int arguments;

        #define LOG(...) (log_length += (size_t)snprintf(log_text + log_length, sizeof log_text - log_length, __VA_ARGS__))

        const char *recorder_log(void) { return log_text; }
        void recorder_clear(void) { log_length = 0; log_text[0] = 0; }
        void recorder_fail(const char *symbol, int code) { snprintf(failing, sizeof failing, "%s", symbol); failing_code = code; }

        static void begin(const char *symbol) { LOG("%s(", symbol); arguments = 0; }
        static void next(void) { if (arguments++) LOG(", "); }
        static void number(long long v) { next(); LOG("%lld", v); }
        static void address(const void *v) { next(); LOG("0x%llx", (unsigned long long)(uintptr_t)v); }
        static void string(const char *v) { next(); LOG("\"%s\"", v); }
        static void out(void) { next(); LOG("out"); }
        static int failed(const char *symbol)
        {
            if (strcmp(failing, symbol)) return 0;
            failing[0] = 0;
            return failing_code;
        }
        static int end(int code) { LOG(")\n"); return code; }


        """;

    /// <summary>What a few functions do besides: <c>result</c> is the code that they will answer with.</summary>
    private static readonly Dictionary<string, string> special = new()
    {
        ["cuDriverGetVersion"] = "*driverVersion = 13000;",
        ["cuDeviceGetCount"] = "*count = 2;",
        ["cuDeviceGetAttribute"] = "*pi = 1000 + (int)attrib;",
        ["cuDeviceGetName"] = "snprintf(name, (size_t)len, \"Recorder %d\", dev);",
        ["cuGetErrorString"] = "*pStr = \"the recorder's sentence\"; result = error == 12345;",
        ["cuGetProcAddress_v2"] = "*pfn = strcmp(symbol, \"cuTensorMapEncodeTiled\") ? 0 : (void *)cuTensorMapEncodeTiled;",
        ["cuModuleLoadDataEx"] = """
            LOG(", options %d %d", options[0], options[1]);
            LOG(", image '%s'", (const char *)image);
            if (result) snprintf(optionValues[0], (size_t)(uintptr_t)optionValues[1], "log of %d bytes", (int)(uintptr_t)optionValues[1]);
            """,
        ["cuGraphExecUpdate_v2"] = "*(int *)resultInfo = result ? 2 : 0;",
        ["cuLaunchKernelEx"] = """
            LOG_CONFIG(config);
            if (f == (void *)0x77)
                LOG(", values %llu %g %d", *(unsigned long long *)kernelParams[0], *(float *)kernelParams[1], *(int *)kernelParams[2]);
            if (f == (void *)0x78)
            {
                unsigned char *map = kernelParams[1];
                LOG(", map %d of %d at %d modulo 128", map[0], map[127], (int)((uintptr_t)map % 128));
            }
            """,
        ["cuOccupancyMaxActiveClusters"] = "LOG_CONFIG(config);",
        ["cuTensorMapEncodeTiled"] = """
            LOG(", map at %d modulo 128", (int)((uintptr_t)tensorMap % 128));
            for (unsigned i = 0; i < tensorRank; i++) LOG("; dimension %llu box %u step %u", globalDim[i], boxDim[i], elementStrides[i]);
            for (unsigned i = 0; i + 1 < tensorRank; i++) LOG("; stride %llu", globalStrides[i]);
            memset(tensorMap, 0x5a, 128);
            """,
    };

    public static string TypeDefinition(string type, Abi abi)
    {
        if (type == "CUhostFn") return "typedef void (*CUhostFn)(void *);";
        if (type == "CUlaunchConfig") return LaunchConfig(abi.Structure(type));
        if (type == "cuuint64_t") return "typedef unsigned long long cuuint64_t;";
        if (type == "cuuint32_t") return "typedef unsigned int cuuint32_t;";
        if (type == "CUdeviceptr") return "typedef unsigned long long CUdeviceptr;";
        if (IsHandle(type)) return $"typedef void *{type};";

        int size = abi.SizeOf(type);
        return size == 4
            ? $"typedef int {type};"
            : string.Create(CultureInfo.InvariantCulture, $"typedef struct {{ unsigned char bytes[{size}]; }} {type};");
    }

    public static string Function(AbiFunction function)
    {
        string parameters = string.Join(", ", function.Parameters.Select(parameter =>
            $"{(parameter.Type.IsConst ? "const " : "")}{parameter.Type} {parameter.Name}"));
        var body = new StringBuilder();
        for (int i = 0; i < function.Parameters.Count; i++) body.Append("    ").Append(Record(function.Parameters[i], i)).Append('\n');
        string forward = function.Symbol == "cuGetProcAddress_v2" ? "int cuTensorMapEncodeTiled();\n" : "";
        return $$"""
            {{forward}}CUresult {{function.Symbol}}({{(parameters.Length == 0 ? "void" : parameters)}})
            {
                int result = failed("{{function.Symbol}}");
                begin("{{function.Symbol}}");
            {{body}}    {{special.GetValueOrDefault(function.Symbol, "")}}
                return end(result);
            }

            """;
    }

    private static string Record((string Name, CType Type) parameter, int index)
    {
        (string name, CType type) = parameter;
        if (type is { Base: "char", Pointers: 1, IsConst: true }) return $"string({name});";
        if (name is "kernelParams" or "extra" or "optionValues" or "options") return $"next(); LOG({name} ? \"array\" : \"null\");";
        if (type is { Base: "void", Pointers: 1 }) return $"address({name});";
        if (type is { Pointers: 1, IsConst: true }) return $"next(); LOG({name} ? \"in\" : \"null\");";
        if (type.Pointers == 1 && type.Base == "float") return $"out(); *{name} = 1.5f;";
        if (type.Pointers == 1 && type.Base is "char") return "out();";
        if (type.Pointers == 1 && IsStructure(type.Base)) return "out();";
        if (type.IsPointer)
        {
            string value = string.Create(CultureInfo.InvariantCulture, $"{0x100 + index}");
            return $"out(); *{name} = ({type with { Pointers = type.Pointers - 1 }})(uintptr_t){value};";
        }
        if (type.Base == "CUhostFn") return $"address((const void *)(uintptr_t){name});";
        return IsHandle(type.Base) ? $"address({name});" : $"number((long long){name});";
    }

    private static bool IsHandle(string type) => type is
        "CUcontext" or "CUmodule" or "CUfunction" or "CUstream" or "CUevent" or "CUgraph" or "CUgraphExec" or "CUgraphNode" or
        "CUkernel" or "CUlibrary" or "CUmemoryPool";

    private static bool IsStructure(string type) => type.StartsWith("CUDA_", StringComparison.Ordinal) ||
        type is "CUuuid" or "CUtensorMap" or "CUgraphExecUpdateResultInfo" or "CUmemPoolProps" or "CUlaunchConfig";

    /// <summary>Reads each field where the header has it.</summary>
    private static string LaunchConfig(AbiStructure structure)
    {
        string Field(string name) => string.Create(CultureInfo.InvariantCulture,
            $"(structure + {structure.Fields[name].Offset})");
        string Word(string name) => $"*(uint32_t *){Field(name)}";
        AbiStructure attribute = Abi.Driver.Structure("CUlaunchAttribute");
        return $$"""
            typedef struct { unsigned char bytes[{{structure.Size}}]; } CUlaunchConfig;
            #define LOG_CONFIG(config) log_config((const unsigned char *)(config))
            static void log_config(const unsigned char *structure)
            {
                LOG(", grid %u %u %u", {{Word("gridDimX")}}, {{Word("gridDimY")}}, {{Word("gridDimZ")}});
                LOG(", block %u %u %u", {{Word("blockDimX")}}, {{Word("blockDimY")}}, {{Word("blockDimZ")}});
                LOG(", shared %u, stream 0x%llx", {{Word("sharedMemBytes")}}, *(unsigned long long *){{Field("hStream")}});
                uint32_t count = {{Word("numAttrs")}};
                const unsigned char *attributes = *(const unsigned char **){{Field("attrs")}};
                for (uint32_t i = 0; i < count; i++, attributes += {{attribute.Size}})
                {
                    const int *value = (const int *)(attributes + {{attribute.Fields["value"].Offset}});
                    LOG(", attribute %d: %d %d %d", *(const int *)attributes, value[0], value[1], value[2]);
                }
            }
            """;
    }
}
