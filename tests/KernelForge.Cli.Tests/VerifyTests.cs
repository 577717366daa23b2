using KernelForge.TestData;

namespace KernelForge.Cli.Tests;

public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public VerifyTests() => model = Checkpoint.Write(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_ready_model_agrees_with_its_description_on_the_CPU()
    {
        string output = Tool.Run("verify", "--model", Data.Require("golden/bert"), "--device", "cpu").Succeeded();
        Assert.Contains("BertModel of ", output, StringComparison.Ordinal);
        Assert.Equal(3, output.Split("agrees").Length - 1);
        Assert.Contains("has the same bits alone", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_the_models_that_take_a_configuration_the_one_it_names_is_verified()
    {
        string output = Tool.Run("verify", "--model", Data.Require("golden/bert-classifier"), "--device", "cpu").Succeeded();
        Assert.Contains("BertForSequenceClassification of ", output, StringComparison.Ordinal);
        Assert.Equal(3, output.Split("agrees").Length - 1);
    }

    [Theory]
    [InlineData("emulated", "f32")]
    [InlineData("emulated:sm_90:7", "f16")]
    public void A_model_agrees_on_an_emulated_GPU_that_finds_nothing_to_complain_of(string device, string precision)
    {
        Data.Require("nvrtc");
        string[] batches = ["--lengths", "5,1,0,24", "--lengths", "3"];
        string[] asked = ["verify", Tool.OwnAssembly, "--model", model, "--device", device, "--precision", precision, .. batches];
        string output = Tool.Run(asked).Succeeded();
        Assert.Equal(4, output.Split("agrees").Length - 1);
        Assert.Contains("the emulated GPU found nothing to complain of", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_above_the_tolerance_is_an_exit_code()
    {
        Tool.Outcome outcome = Tool.Run("verify", Tool.OwnAssembly, "--model", model, "--device", "cpu", "--tolerance", "0");
        Assert.Equal(1, outcome.Code);
        Assert.Contains("DIFFERS", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_is_exactly_itself()
    {
        string output = Tool.Run("verify", Tool.OwnAssembly, "--model", model, "--device", "reference").Succeeded();
        Assert.DoesNotContain("DIFFERS", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'gpu' is no device: write reference|cpu", "--device", "gpu")]
    [InlineData("'sm80' is no architecture such as sm_80", "--device", "emulated:sm80")]
    [InlineData("the limits of sm_75 are not known", "--device", "emulated:sm_75")]
    [InlineData("'3,x' of --lengths is no list of lengths", "--device", "cpu", "--lengths", "3,x")]
    [InlineData("--tolerance must be at least 0", "--device", "cpu", "--tolerance", "-1")]
    [InlineData("Option '--device' is required", "--layer", "Tiny")]
    [InlineData("'KernelForge.Cli.Tests.Causal' is a layer, no model", "--device", "cpu", "--layer", "Causal")]
    public void What_is_asked_wrongly_is_answered_in_one_sentence(string expected, params string[] arguments)
    {
        Tool.Outcome outcome = Tool.Run(["verify", Tool.OwnAssembly, "--model", model, .. arguments]);
        Assert.Equal(2, outcome.Code);
        Assert.Contains("kernelforge: " + expected, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_no_model_takes_is_refused_with_what_each_has_against_it()
    {
        folder.Write("config.json", """{ "kind": "other" }""");
        Tool.Outcome outcome = Tool.Run("verify", Tool.OwnAssembly, "--model", model, "--device", "cpu");
        Assert.Equal(2, outcome.Code);
        Assert.Contains("Tiny: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("BertModel: ", outcome.Error, StringComparison.Ordinal);
    }
}
