using System.Collections.Immutable;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>What a kernel is compiled with. Everything here is part of the cache's key.</summary>
public sealed record CompileOptions
{
    public static CompileOptions Default { get; } = new();

    /// <summary>Sizes and choices that the text leaves open: each becomes <c>-Dname=value</c>, in this order.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Constants { get; init; } = [];

    /// <summary>Keeps which line of the text an instruction comes from, for profilers and the emulated device.</summary>
    public bool LineInfo { get; init; }

    /// <summary>Further options, as NVRTC takes them.</summary>
    public ImmutableArray<string> Further { get; init; } = [];

    /// <summary>The options as NVRTC takes them, for one target.</summary>
    public ImmutableArray<string> ToArguments(CompileTarget target)
    {
        // A spill is no error, but nobody should meet it as an unexplained slowness: the assembler says it in the log.
        string[] warnings = target.IsPtx ? [] : ["--ptxas-options=--warn-on-spills", "--ptxas-options=--warn-on-local-memory-usage"];
        // A product and a sum written apart stay apart: which of them the compiler would join differs from tile to tile of one kernel, and
        // every tile has to give the same bits. What is to be one multiply-add says so.
        string[] always = [$"--gpu-architecture={target.Name}", "--std=c++17", "--fmad=false"];
        string[] lines = LineInfo ? ["--generate-line-info"] : [];
        return
        [
            .. always, .. warnings, .. lines, .. Constants.Select(constant => $"-D{constant.Key}={constant.Value}"), .. Further,
        ];
    }
}
