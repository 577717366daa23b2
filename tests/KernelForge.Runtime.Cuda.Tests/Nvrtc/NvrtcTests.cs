using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Nvrtc;

public sealed class NvrtcTests
{
    /// <summary>Those that stand by themselves. The loops of kernels need a kernel's choices: they are compiled with every kernel.</summary>
    public static TheoryData<string> DeviceFiles =>
        [.. DeviceLibrary.Files.Where(file => !DeviceLibrary.Read(file).Contains("const Element*", StringComparison.Ordinal)
            && file is not ("row.cuh" or "segment.cuh" or "attention_score.cuh" or "attention_fma.cuh" or "attention_mma.cuh"
                or "attention_parts.cuh" or "attention_merge.cuh" or "kept.cuh"
                or "element.cuh" or "scan.cuh" or "scan_chunks.cuh" or "order.cuh"))];

    [Theory]
    [InlineData("sm_80", 80)]
    [InlineData("sm_90a", 90)]
    [InlineData("sm_120", 120)]
    public void A_kernel_becomes_machine_code_of_the_wanted_architecture(string target, int number)
    {
        byte[] cubin = NativeCode.Compiler.Compile(Kernels.Scale, CompileTarget.Parse(target), Kernels.Block128).Image;

        Assert.Equal("\u007fELF"u8.ToArray(), cubin[..4]);
        // The lower or second byte of an ELF's flags is the architecture, by the file's ABI version.
        int flags = BinaryPrimitives.ReadInt32LittleEndian(cubin.AsSpan(48));
        Assert.Contains(number, (int[])[flags & 0xff, (flags >> 8) & 0xff]);
        Assert.Contains("scale", Encoding.Latin1.GetString(cubin), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_becomes_ptx_that_ends_with_a_zero()
    {
        var options = Kernels.Block128 with { LineInfo = true };
        byte[] image = NativeCode.Compiler.Compile(Kernels.Scale, CompileTarget.Parse("compute_80"), options).Image;
        string ptx = Encoding.UTF8.GetString(image);

        Assert.Contains(".target sm_80", ptx, StringComparison.Ordinal);
        Assert.Contains(".visible .entry scale(", ptx, StringComparison.Ordinal);
        Assert.Matches(@"\.file\s+\d+ ""[^""]*scale\.cu""", ptx);
        Assert.EndsWith("\0", ptx, StringComparison.Ordinal);
        Assert.Equal(ptx.Length - 1, ptx.IndexOf('\0', StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(DeviceFiles))]
    public void Every_file_of_the_device_library_compiles_after_what_it_requires(string file)
    {
        string first = string.Join(
            '\n', DeviceLibrary.Read(file).Split('\n').TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal)));
        string[] required = [.. Regex.Matches(first, @"Requires (\w+\.cuh)").Select(match => match.Groups[1].Value)];
        var source = new KernelSource("empty", "extern \"C\" __global__ void empty() {}") { DeviceFiles = [.. required, file] };

        foreach (string target in (string[])["sm_80", "sm_90a"])
        {
            if (target == "sm_80" && first.Contains("sm_90a", StringComparison.Ordinal)) continue;
            CompiledKernel compiled = NativeCode.Compiler.Compile(source, CompileTarget.Parse(target), CompileOptions.Default);
            Assert.Equal("", compiled.Log);
        }
    }

    [Fact]
    public void An_error_shows_the_kernels_line_and_the_layers_expression()
    {
        var source = new KernelSource("gelu", """
            extern "C" __global__ void gelu(float* x)
            {
                x[threadIdx.x] = gelu_of(x[threadIdx.x]);
            }
            """)
        {
            DeviceFiles = ["types.cuh", "math.cuh"],
            Origins = [new SourceOrigin(3, 3, "Gelu(expand[x])")],
        };

        CudaException error = Assert.Throws<CudaException>(
            () => NativeCode.Compiler.Compile(source, Kernels.Sm80, CompileOptions.Default));
        Assert.Equal("gelu", error.Kernel);
        Assert.Contains("does not compile kernel 'gelu' for sm_80: NVRTC_ERROR_COMPILATION (6)", error.Message, StringComparison.Ordinal);
        Assert.Contains("gelu.cu(3): error: identifier \"gelu_of\" is undefined\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("    3 | x[threadIdx.x] = gelu_of(x[threadIdx.x]);\n", error.Message, StringComparison.Ordinal);
        Assert.Contains("    which computes Gelu(expand[x])", error.Message, StringComparison.Ordinal);
        Assert.Contains("--gpu-architecture=sm_80", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Message.Split("gelu_of(x[threadIdx.x])"), part => part.StartsWith(';'));
    }

    [Fact]
    public void A_warning_comes_with_the_result_and_its_line_each_time()
    {
        var source = new KernelSource("unused", """
            extern "C" __global__ void unused(float* x)
            {
                int forgotten = 3;
                x[0] = 1;
            }
            """);
        for (int i = 0; i < 2; i++)
        {
            string log = NativeCode.Compiler.Compile(source, Kernels.Sm80, CompileOptions.Default).Log;
            Assert.Contains("unused.cu(3): warning", log, StringComparison.Ordinal);
            Assert.Contains("    3 | int forgotten = 3;", log, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_spill_is_said()
    {
        var source = new KernelSource("spills", """
            extern "C" __global__ void __launch_bounds__(1024) spills(float* x)
            {
                float v[200];
                for (int i = 0; i < 200; i++) v[i] = x[threadIdx.x + i * 1024];
                for (int i = 0; i < 200; i++) for (int j = 0; j < 200; j += 7) v[i] += v[j] * v[(i * 3) % 200];
                for (int i = 0; i < 200; i++) x[threadIdx.x + i * 1024] = v[i];
            }
            """);
        string log = NativeCode.Compiler.Compile(source, Kernels.Sm80, CompileOptions.Default).Log;
        Assert.Contains("ptxas warning", log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_the_compiler_does_not_know_gets_ptx_of_the_nearest_below()
    {
        NvrtcCompiler compiler = NativeCode.Compiler;
        Assert.Equal("sm_90a", compiler.TargetFor(new Architecture(9, 0)).Name);
        Assert.Equal("sm_86", compiler.TargetFor(new Architecture(8, 6)).Name);

        Architecture newest = compiler.Architectures[^1];
        CompileTarget beyond = compiler.TargetFor(Architecture.FromNumber(newest.Number + 30));
        Assert.Equal($"compute_{newest.Number}", beyond.Name);
        Assert.True(beyond.IsPtx);
        Refuses.With<CudaException>("compiles for", () => compiler.TargetFor(new Architecture(3, 5)));
    }

    [Fact]
    public void A_file_that_the_device_library_lacks_is_named() =>
        Refuses.With<CudaException>("no file 'fft.cuh'", () => (Kernels.Scale with { DeviceFiles = ["fft.cuh"] }).Compose());

    [Theory]
    [InlineData("sm_80", true)]
    [InlineData("compute_90a", true)]
    [InlineData("sm80", false)]
    [InlineData("sm_", false)]
    [InlineData("lto_80", false)]
    public void Only_targets_are_read_as_targets(string name, bool isTarget)
    {
        if (isTarget) Assert.Equal(name, CompileTarget.Parse(name).Name);
        else Assert.Throws<FormatException>(() => CompileTarget.Parse(name));
    }
}
