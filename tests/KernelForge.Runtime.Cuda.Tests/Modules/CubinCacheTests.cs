using System.Diagnostics;
using KernelForge.Runtime.Cuda.Modules;
using KernelForge.Runtime.Cuda.Nvrtc;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Cuda.Tests.Modules;

public sealed class CubinCacheTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly CountingCompiler compiler = new();

    private string Folder => Path.Combine(temporary.Path, "cubins");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_kernel_is_compiled_once()
    {
        byte[] first = Load(), second = Load();
        Assert.Equal(first, second);
        Assert.Equal(1, compiler.Compiled);
        Assert.Single(Entries());
        Assert.StartsWith("scale-sm_80-", Path.GetFileName(Entries().Single()), StringComparison.Ordinal);
        Assert.EndsWith("-nvrtc13.2.cubin", Entries().Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_decides_the_result_makes_another_entry()
    {
        Load();
        Load(source: Kernels.Scale with { Text = Kernels.ScaleText + "\n" });
        Load(source: Kernels.Scale with { Name = "scale2" });
        Load(source: Kernels.Scale with { DeviceFiles = ["math.cuh"] });
        Load(source: Kernels.Scale with { DeviceFiles = ["reduce.cuh"] });
        Load(target: "sm_90a");
        Load(target: "compute_80");
        Load(options: new CompileOptions { Constants = [KeyValuePair.Create("BLOCK", "256")] });
        Load(options: Kernels.Block128 with { LineInfo = true });
        Load(options: Kernels.Block128 with { Further = ["--use_fast_math"] });
        Assert.Equal(10, compiler.Compiled);

        var newer = new CountingCompiler { Version = new Version(13, 3) };
        Cache(newer).Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128);
        Assert.Equal(1, newer.Compiled);
        Assert.Equal(11, Entries().Length);
    }

    [Theory]
    [InlineData(0)] // the mark
    [InlineData(20)] // the checksum
    [InlineData(60)] // the image
    [InlineData(-1)] // its last byte
    public void A_damaged_entry_is_compiled_again_and_said(int offset)
    {
        byte[] right = Load();
        string entry = Entries().Single();
        byte[] file = File.ReadAllBytes(entry);
        file[offset < 0 ? file.Length + offset : offset] ^= 1;
        File.WriteAllBytes(entry, file);

        List<string> said = [];
        Assert.Equal(right, Cache(compiler, said.Add).Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
        Assert.Equal(2, compiler.Compiled);
        Assert.Contains("is damaged: kernel 'scale' is compiled again", said.Single(), StringComparison.Ordinal);
        Load();
        Assert.Equal(2, compiler.Compiled);
    }

    [Fact]
    public void An_entry_cut_off_anywhere_is_damaged()
    {
        byte[] right = Load();
        string entry = Entries().Single();
        byte[] file = File.ReadAllBytes(entry);
        for (int length = 0; length < file.Length; length += 13)
        {
            File.WriteAllBytes(entry, file[..length]);
            Assert.Equal(right, Load());
        }
    }

    [Fact]
    public async Task Of_many_that_want_a_kernel_at_once_one_compiles()
    {
        var slow = new CountingCompiler(TimeSpan.FromMilliseconds(300));
        byte[][] images = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () => Cache(slow).Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(1, slow.Compiled);
        Assert.All(images, image => Assert.Equal(images[0], image));
    }

    [Fact]
    public async Task Another_process_that_compiles_is_waited_for()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "there is no 'flock' to hold the lock in another process");
        Load();
        string held = Entries().Single() + ".lock";
        File.Delete(Entries().Single());

        using var other = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["-x", held, "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        var impatient = new CubinCache(Folder, () => compiler) { Patience = TimeSpan.FromMilliseconds(50) };
        Refuses.With<CudaException>("another process has held", () => impatient.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));

        Task<byte[]> waiting = Task.Run(() => Load(), TestContext.Current.CancellationToken);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, compiler.Compiled);

        await other.StandardInput.WriteLineAsync("go");
        await waiting;
        await other.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, compiler.Compiled);
    }

    [Fact]
    public void What_a_stopped_process_left_is_cleared_away()
    {
        Load();
        string entry = Entries().Single();
        File.Delete(entry);
        File.WriteAllText($"{entry}.0123.tmp", "half");
        Load();
        Assert.Empty(Directory.GetFiles(Folder, "*.tmp"));
    }

    [Fact]
    public void The_folder_and_what_is_in_it_are_the_users_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("access is inherited from the user's folder");
            return;
        }
        Load();
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Folder));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Entries().Single()));
    }

    [Fact]
    public void A_folder_that_others_can_write_is_neither_written_nor_read()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("access is inherited from the user's folder");
            return;
        }
        Load();
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        Refuses.With<CudaException>("chmod 700", () => Load());
        Refuses.With<CudaException>("chmod 700", () => Load(target: "sm_86"));
        Assert.Equal(1, compiler.Compiled);
    }

    [Fact]
    public void Where_compiling_is_forbidden_only_what_is_there_serves()
    {
        byte[] right = Load();
        var closed = new CubinCache(Folder, () => throw new InvalidOperationException("the compiler is not asked for"))
        {
            MayCompile = false,
        };
        Assert.Equal(right, closed.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
        Assert.Equal("sm_80", closed.TargetFor(new Architecture(8, 0)).Name);

        CudaException error = Assert.Throws<CudaException>(
            () => closed.Load(Kernels.Scale, CompileTarget.Parse("sm_86"), Kernels.Block128));
        Assert.Equal("scale", error.Kernel);
        Assert.Contains("kernel 'scale' is not compiled for sm_86", error.Message, StringComparison.Ordinal);
        Assert.Contains("KERNELFORGE_CUBIN_CACHE_ONLY=1", error.Message, StringComparison.Ordinal);
        Assert.Contains("kernelforge compile --architecture sm_86", error.Message, StringComparison.Ordinal);
        Assert.Contains(Folder, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_compiler_a_filled_cache_serves_and_an_empty_one_says_what_is_missing()
    {
        byte[] right = Load();
        var bare = new CubinCache(Folder, () => throw new CudaException("NVRTC was not found"));
        Assert.Equal(right, bare.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
        Assert.Equal("sm_86", bare.TargetFor(new Architecture(8, 6)).Name);
        Refuses.With<CudaException>(
            "and cannot be: NVRTC was not found", () => bare.Load(Kernels.Scale, CompileTarget.Parse("sm_86"), Kernels.Block128));
    }

    [Fact]
    public void What_came_with_the_program_serves_first_whatever_compiled_it()
    {
        byte[] shipped = Load();
        var newer = new CountingCompiler { Version = new Version(13, 5) };
        var cache = new CubinCache(Path.Combine(temporary.Path, "own"), () => newer)
        {
            Shipped = [Path.Combine(temporary.Path, "none"), Folder],
        };
        Assert.Equal(shipped, cache.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
        Assert.Equal(0, newer.Compiled);
        Assert.False(Directory.Exists(cache.Folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_what_to_do()
    {
        string file = temporary.Write("file", "");
        var cache = new CubinCache(Path.Combine(file, "cubins"), () => compiler);
        Refuses.With<CudaException>(
            "Name another by KERNELFORGE_CUBIN_CACHE", () => cache.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
    }

    [Fact]
    public void A_warning_of_the_compiler_is_passed_on()
    {
        List<string> said = [];
        Cache(new CountingCompiler { Log = "scale.cu(3): warning" }, said.Add).Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128);
        Assert.Equal("compiling kernel 'scale' for sm_80:\nscale.cu(3): warning", said.Single());
    }

    [Fact]
    public void A_kernel_that_does_not_compile_leaves_nothing_behind()
    {
        var broken = new CubinCache(Folder, () => NativeCode.Compiler);
        Assert.Throws<CudaException>(() => broken.Load(Kernels.Scale with { Text = "no" }, Kernels.Sm80, Kernels.Block128));
        Assert.Empty(Entries());
        Assert.NotEmpty(broken.Load(Kernels.Scale, Kernels.Sm80, Kernels.Block128));
    }

    private string[] Entries() => [.. Directory.GetFiles(Folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))];

    private CubinCache Cache(IKernelCompiler with, Action<string>? warn = null) => new(Folder, () => with) { Warn = warn };

    private byte[] Load(KernelSource? source = null, string target = "sm_80", CompileOptions? options = null) =>
        Cache(compiler).Load(source ?? Kernels.Scale, CompileTarget.Parse(target), options ?? Kernels.Block128);
}
