using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

public sealed class BenchTests
{
    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("int8")]
    public void A_profile_has_every_kernel_of_the_model_and_the_machine_beside_it(string precision)
    {
        string output = Tool.Run(
            "bench", "--model", Data.Require("golden/bert"), "--precision", precision, "--lengths", "5,1,0,7", "--repetitions", "3", "--profile").Succeeded();
        Assert.Matches($"products are in {precision switch { "f32" => "Float32", "bf16" => "BFloat16", _ => "Int8" }}, multiplied with ", output);
        Assert.Contains("a batch of 4 sequences and 13 tokens, run 3 times", output, StringComparison.Ordinal);
        string[] kernels = ["gemm .*query, key, value", "attention ", "gemm .*project", "row .*attentionNorm", "gemm .*expand", "gemm .*contract", "row .*outputNorm"];
        Assert.All(kernels, kernel => Assert.Matches(kernel, output));
        Assert.Matches(@"the machine, measured in this run: [\d.]+ GFLOP/s, [\d.]+ GB/s", output);
    }

    [Theory]
    [InlineData("f32, bf16, int8, not f16", "--precision", "f16")]
    [InlineData("is for --device cpu", "--device", "cuda", "--profile")]
    [InlineData("is not measured", "--device", "reference")]
    [InlineData("at least 1, not 0", "--repetitions", "0")]
    [InlineData("no list of lengths", "--lengths", "5,x")]
    public void What_it_cannot_measure_it_says(string said, params string[] arguments)
    {
        Tool.Outcome outcome = Tool.Run(["bench", "--model", Data.Require("golden/bert"), .. arguments]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }
}
