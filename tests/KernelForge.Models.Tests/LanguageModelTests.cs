using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests;

/// <summary>
/// Heads over a vocabulary, with weights of their own and tied to the embedding, against products in double precision of the hidden states
/// that the reference implementation gave.
/// </summary>
public sealed class LanguageModelTests
{
    private const int Hidden = 128, Vocabulary = 512;

    public static TheoryData<string, bool, string> Cases
    {
        get
        {
            TheoryData<string, bool, string> all = [];
            foreach (string family in LanguageModel.All.Select(l => l.Family))
                foreach (string device in Devices.OfMoreFamilies.Select(row => row.Data))
                {
                    all.Add(family, true, device);
                    all.Add(family, false, device);
                }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_are_products_of_the_hidden_states(string family, bool tied, string device)
    {
        if (device.Contains("float16", StringComparison.Ordinal)) LongRun.Require();
        var (golden, model) = (Golden.Require(family), LanguageModel.All.Single(l => l.Family == family));
        GoldenCase[] cases = [.. golden.Cases.Where(c => (c.Ids ?? c.Target)!.Length <= Devices.LongestOfMoreFamilies)];
        double[] weight = tied ? model.Embedding(golden) : [.. LanguageModel.OwnWeight.Select(w => (double)w)];
        double widest = Enumerable.Range(0, Vocabulary).Max(v => weight.AsSpan(v * Hidden, Hidden).ToArray().Sum(Math.Abs));
        // As far off as the hidden states may be, in every feature at once.
        double tolerance = Devices.Tolerance(device, golden, on => Difference(golden, model, cases, weight, tied, on)) * Math.Max(widest, 1);
        double difference = Difference(golden, model, cases, weight, tied, Devices.Of(device));
        string told = $"differs by {difference:g3}, allowed are {tolerance:g3}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(difference <= tolerance, told);
    }

    [Fact]
    public void A_head_that_is_not_tied_needs_its_own_weight()
    {
        using TemporaryFolder folder = LanguageModel.All.Single(l => l.Family == "llama").Write(Golden.Require("llama"), tied: true);
        string config = Path.Combine(folder.Path, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"tie_word_embeddings\":true", "\"tie_word_embeddings\":false", StringComparison.Ordinal));
        Refuses.With<WeightException>("head.own.weight [512, 128]: there is no 'lm_head.weight'",
            () => AutoModel.LoadLanguageModel<ITokenModel>(folder.Path, Device.Cpu(1)));
    }

    [Fact]
    public void A_tied_checkpoint_may_hold_the_tensor_twice()
    {
        using TemporaryFolder folder = LanguageModel.All.Single(l => l.Family == "llama").Write(Golden.Require("llama"), tied: false);
        string config = Path.Combine(folder.Path, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"tie_word_embeddings\":false", "\"tie_word_embeddings\":true", StringComparison.Ordinal));
        using ITokenModel model = AutoModel.LoadLanguageModel<ITokenModel>(folder.Path, Device.Cpu(1));
        Assert.IsType<LlamaForCausalLM>(model);
    }

    [Fact]
    public void A_checkpoint_without_a_head_is_refused_with_the_heads_there_are()
    {
        string folder = Golden.Require("llama").Folder;
        Refuses.With<ConfigException>("'architectures' is 'LlamaModel'", () => AutoModel.LoadLanguageModel<ITokenModel>(folder));
        Refuses.With<ConfigException>("GPT2LMHeadModel", () => AutoModel.LoadLanguageModel<ITokenModel>(folder));
    }

    [Fact]
    public void A_head_of_another_kind_than_asked_for_is_refused_with_its_kind()
    {
        using TemporaryFolder folder = LanguageModel.All.Single(l => l.Family == "t5").Write(Golden.Require("t5"), tied: true);
        Refuses.With<ConfigException>("it is no ITokenModel, but ISourceTargetModel",
            () => AutoModel.LoadLanguageModel<ITokenModel>(folder.Path, Device.Cpu(1)));
    }

    private static double Difference(Golden golden, LanguageModel model, GoldenCase[] cases, double[] weight, bool tied, Device device)
    {
        using TemporaryFolder folder = model.Write(golden, tied);
        float[][] logits = model.Run(folder.Path, cases, device);
        double largest = 0;
        for (int s = 0; s < cases.Length; s++)
        {
            float[,] hidden = cases[s].Matrix(model.Output);
            Assert.Equal(hidden.GetLength(0) * Vocabulary, logits[s].Length);
            for (int i = 0; i < logits[s].Length; i++)
            {
                double product = 0;
                for (int k = 0; k < Hidden; k++) product += hidden[i / Vocabulary, k] * weight[(i % Vocabulary * Hidden) + k];
                double difference = Math.Abs(model.Logit(product, i % Vocabulary, tied) - logits[s][i]);
                if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
            }
        }
        return largest;
    }
}
