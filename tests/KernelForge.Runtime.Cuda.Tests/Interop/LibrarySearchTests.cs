using KernelForge.Runtime.Cuda.Interop;
using KernelForge.TestData;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

/// <summary>Searches in a folder that stands for the machine, where a file loads unless it says "broken".</summary>
public sealed class LibrarySearchTests : IDisposable
{
    private readonly TemporaryFolder machine = new();
    private readonly Dictionary<string, string> variables = [];
    private readonly HashSet<string> known = [];

    public LibrarySearchTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "the folders are those of Linux");

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Places_are_tried_in_their_order()
    {
        string[] places =
        [
            "app/libnvrtc.so.12",
            "cuda-home/lib64/libnvrtc.so.12",
            "usr/local/cuda/lib64/libnvrtc.so.12",
            "usr/local/cuda-13.1/lib64/libnvrtc.so.13",
            "usr/local/cuda-12.10/targets/x86_64-linux/lib/libnvrtc.so.12",
            "usr/local/cuda-12.9/lib/libnvrtc.so.12",
            "opt/cuda/lib64/libnvrtc.so.12",
            "venv/lib/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13",
            "venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
            "home/.local/lib/python3.13/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
            "home/.local/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
            "usr/local/lib/python3.12/dist-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
            "usr/lib/python3/dist-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12",
        ];
        variables["CUDA_HOME"] = At("cuda-home");
        variables["VIRTUAL_ENV"] = At("venv");
        foreach (string place in places) Put(place);
        known.Add("libnvrtc.so.12");

        foreach (string place in places)
        {
            Assert.Equal(At(place), Find(LibraryNames.Nvrtc).Library?.Path);
            File.Delete(At(place));
        }
        Assert.Equal("libnvrtc.so.12", Find(LibraryNames.Nvrtc).Library?.Path);
        known.Add("libnvrtc.so.14");
        Assert.Equal("libnvrtc.so.14", Find(LibraryNames.Nvrtc).Library?.Path);
    }

    [Fact]
    public void The_newest_that_loads_is_taken_and_what_does_not_serve_is_said()
    {
        Put("app/libnvrtc.so.13", "broken");
        Put("app/libnvrtc.so.12.9.41");
        Put("app/libnvrtc.so.12");
        Put("app/libnvrtc.so.11.2");
        Put("app/libnvrtc-builtins.so.13.2");
        SearchOutcome outcome = Find(LibraryNames.Nvrtc);
        Assert.Equal(At("app/libnvrtc.so.12"), outcome.Library?.Path);
        Assert.Contains(outcome.Tried, tried => tried.EndsWith("libnvrtc.so.13' does not load: it is broken", StringComparison.Ordinal));

        File.Delete(At("app/libnvrtc.so.12"));
        File.Delete(At("app/libnvrtc.so.12.9.41"));
        outcome = Find(LibraryNames.Nvrtc);
        Assert.Null(outcome.Library);
        Assert.Contains("libnvrtc.so.11.2' is older than CUDA 12", outcome.Explain(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("elsewhere/libnvrtc.so.13")]
    public void A_variable_names_a_folder_or_a_file(string named)
    {
        Put("app/libnvrtc.so.13");
        Put("elsewhere/libnvrtc.so.13");
        variables["KERNELFORGE_NVRTC"] = At(named);
        Assert.Equal(At("elsewhere/libnvrtc.so.13"), Find(LibraryNames.Nvrtc).Library?.Path);
    }

    [Fact]
    public void A_variable_that_leads_nowhere_is_an_error_though_others_would_serve()
    {
        Put("app/libnvrtc.so.13");
        variables["KERNELFORGE_NVRTC"] = At("nowhere");
        SearchOutcome outcome = Find(LibraryNames.Nvrtc);
        Assert.Null(outcome.Library);
        Assert.Contains(
            $"KERNELFORGE_NVRTC, which alone counts while it is set: '{At("nowhere")}' does not exist",
            outcome.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_explained_with_every_place()
    {
        SearchOutcome outcome = Find(LibraryNames.Nvrtc);
        string explanation = outcome.Explain();
        Assert.StartsWith("NVRTC (libnvrtc.so.12 or later) was not found. It comes with", explanation, StringComparison.Ordinal);
        foreach (string place in (string[])["app", "usr/local/cuda", "opt/cuda", "home/.local/lib/python3*/site-packages/nvidia/*/lib"])
            Assert.Contains($"'{At(place)}'", explanation, StringComparison.Ordinal);
        Assert.EndsWith("the loader's own path: none of libnvrtc.so.29 to libnvrtc.so.12", explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void The_driver_is_not_the_toolkits_stub()
    {
        Put("usr/local/cuda/lib64/stubs/libcuda.so");
        Put("usr/local/cuda/lib64/libcuda.so.1");
        Assert.Null(Find(LibraryNames.Driver).Library);
        Put("usr/lib/wsl/lib/libcuda.so.1");
        Assert.Equal(At("usr/lib/wsl/lib/libcuda.so.1"), Find(LibraryNames.Driver).Library?.Path);
        Put("app/libcuda.so.1");
        Assert.Equal(At("app/libcuda.so.1"), Find(LibraryNames.Driver).Library?.Path);
    }

    private string At(string place) => Path.Combine(machine.Path, place);

    private void Put(string place, string content = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(place))!);
        File.WriteAllText(At(place), content);
    }

    private SearchOutcome Find(LibraryNames names) => new LibrarySearch(names, new SearchEnvironment(
        variables.GetValueOrDefault, At("app"), At("home"), machine.Path, Load)).Find();

    private nint Load(string file)
    {
        if (known.Contains(file)) return 1;
        if (!File.Exists(file)) throw new DllNotFoundException($"no {file}");
        return File.ReadAllText(file) == "broken" ? throw new BadImageFormatException("it is broken") : 1;
    }
}
