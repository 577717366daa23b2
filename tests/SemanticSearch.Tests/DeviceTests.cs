using KernelForge.TestData;

namespace SemanticSearch.Tests;

public sealed class DeviceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string texts;

    public DeviceTests() => texts = folder.Write("texts.txt",
        "Reads the lines of a file.\nSends an HTTP request.\nSorts the elements of a list.\n" + string.Concat(Enumerable.Repeat("Deletes.\n", 17)));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_says_where_it_runs()
    {
        Assert.Contains("runs on cpu", Run("--device", "cpu", "--threads", "2").Error, StringComparison.Ordinal);
        Assert.Contains("chosen by Device.Auto", Run("--device", "auto").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_GPU_that_is_not_there_is_a_failure_that_says_where_its_driver_was_looked_for()
    {
        using var program = new SemanticSearchProcess(folder.Path, [("KERNELFORGE_CUDA_DRIVER", "/nowhere/libcuda.so.1")],
            "--texts", texts, "--device", "cuda:0", "sort", "a", "list");
        (int code, string output, string error) = program.Finish();
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("/nowhere/libcuda.so.1", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_emulated_GPU_finds_what_the_CPU_finds_among_few_texts_and_keeps_an_index_of_its_own()
    {
        string nvrtc = Data.Require("nvrtc");
        Assert.Contains("no index yet", Run("--device", "cpu").Error, StringComparison.Ordinal);
        using var program = new SemanticSearchProcess(folder.Path, [("KERNELFORGE_NVRTC", nvrtc)],
            "--texts", texts, "--device", "emulated", "--top", "1", "sort", "a", "list");
        (int code, string output, string error) = program.Finish();
        Assert.True(code == 0, error);
        Assert.EndsWith("Sorts the elements of a list.\n", output, StringComparison.Ordinal);
        Assert.Contains("the first 16 texts are searched", error, StringComparison.Ordinal);
        Assert.Contains("no index yet", error, StringComparison.Ordinal);
        Assert.Contains("16 texts from", error, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder.Path, "*.index", SearchOption.AllDirectories).Length);
        Assert.DoesNotContain("index", Run("--device", "cpu").Error, StringComparison.Ordinal);
    }

    private (int Code, string Output, string Error) Run(params string[] arguments) =>
        SemanticSearchProcess.Run(folder.Path, ["--texts", texts, .. arguments, "sort", "a", "list"]);
}
