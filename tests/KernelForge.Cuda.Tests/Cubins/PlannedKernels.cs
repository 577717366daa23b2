using KernelForge.Models;
using KernelForge.Models.Tests.Combinations;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Cuda.Programs;
using KernelForge.Runtime.Execution;
using KernelForge.TestData;
using AwkwardAttention = KernelForge.Models.Tests.Combinations.Awkward.Attention;

namespace KernelForge.Cuda.Tests.Cubins;

/// <summary>Models and layers by name, and the kernels that a GPU would run for them.</summary>
internal static class PlannedKernels
{
    public const string BertBase = "bert-base", HeadsOf128 = "bert-1024-heads-of-128", Awkward = "awkward";

    /// <summary>The layers that <c>CombinationTests</c> runs, with its sizes.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<ICompiledLayer>>> layers = new()
    {
        ["alibi-gated"] = () => [new AlibiGated(48, 3, 80)],
        ["cross-grouped"] = () => [new CrossGrouped(40, 24, 4, 2)],
        ["alternating"] = () => [new Alternating(32, 4, 5, 6, true)],
        ["pooled"] = () => [new Pooled(27)],
        ["looked"] = () => [LookedWith(ActivationKind.GeluTanh)],
        ["scored"] = () => [new Scored(32, 2)],
        ["pooled-by-query"] = () => [new PooledByQuery(24, 2)],
        [Awkward] = () => [new AwkwardAttention(2, 3, 24, 5, 16, 2, 2, 0, 0.5, 5)],
        ["fixed-choices"] = () => [Fixed(NormPlace.Before, "half")],
    };

    /// <summary>Some of those again with every choice of their parameters.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<ICompiledLayer>>> choices = new()
    {
        ["looked-every-activation"] = () => Enum.GetValues<ActivationKind>().Select(LookedWith),
        ["fixed-every-choice"] = () =>
            [.. from place in Enum.GetValues<NormPlace>() from kind in (string[])["half", "double", "other"] select Fixed(place, kind)],
    };

    /// <summary>Layers of usual sizes whose kernels are lambdas, recurrences, banks, and attention with scores and masks of their own.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<ICompiledLayer>>> lambdas = new()
    {
        ["experts"] = () => [new Mixture(768, 2048, 8, 2)],
        ["state-space"] = () => [new Selective(1536, 16)],
        ["retention"] = () => [new Retained(768, 12, 64)],
        ["segments"] = () => [new Segmented(768, 12, 16)],
        ["masks"] = () => [new Bounded(768, 12, 16, 64, 128, global: false)],
        ["relative"] = () => [new Library.Tests.RelativeTables(768, 12, 128)],
        ["halved-keys"] = () => [new Library.Tests.HalvedKeys(256)],
    };

    /// <summary>Incremental layers of usual sizes, of which the kernels of runs that go on are looked at.</summary>
    private static readonly Dictionary<string, Func<IEnumerable<ICompiledLayer>>> kept = new()
    {
        ["decoder"] = () => [new Library.Tests.Incremental.Decoder(1024, 16, 4, 1, int.MaxValue)],
        ["windowed-heads-of-128"] = () => [new Library.Tests.Incremental.Decoder(2048, 16, 16, 1, 1024)],
        ["scored-decoder"] = () => [new Library.Tests.Incremental.Scored(768, 12)],
        ["recurrent"] = () => [new Library.Tests.Incremental.Recurrent(1536, 16, 4)],
    };

    private static readonly string[] lambdaFiles = ["element.cuh", "scan.cuh", "order.cuh", "bank.cuh", "attention.cuh"];

    public static IEnumerable<string> Lambdas => lambdas.Keys;

    /// <summary>Whether a kernel is one of those, and no plain product, sweep or reduction.</summary>
    public static bool IsOfLambdas(KernelBuild build) => build.Source.DeviceFiles.Any(lambdaFiles.Contains);

    public static IEnumerable<string> Kept => kept.Keys;

    /// <summary>Whether a kernel is of runs that go on, and not one that ordinary runs have too.</summary>
    public static bool IsOfKept(KernelBuild build) =>
        build.Options.Constants.Contains(KeyValuePair.Create("KEPT", "true")) || build.Name.StartsWith("keep_", StringComparison.Ordinal)
        || build.Source.DeviceFiles.Contains("attention_merge.cuh");

    public static IEnumerable<string> Choices => choices.Keys;

    public static IEnumerable<string> Layers => layers.Keys;

    /// <summary>Every kernel in every variant.</summary>
    /// <param name="name">
    /// <see cref="BertBase"/>, <see cref="HeadsOf128"/>, one of <see cref="Layers"/>, <see cref="Choices"/>, <see cref="Lambdas"/> or <see cref="Kept"/>, or a golden family.
    /// </param>
    /// <param name="architecture">Of the device, whose shared memory decides which variants there are.</param>
    /// <param name="precision">Of the device.</param>
    public static IReadOnlyList<KernelBuild> Of(string name, Architecture architecture, CudaPrecision precision)
    {
        Device device = CudaDevice.Planning(architecture, precision);
        return [.. Configured(name).SelectMany(layer => Kernels(layer, device))];
    }

    private static IReadOnlyList<KernelBuild> Kernels(ICompiledLayer layer, Device device)
    {
        using ModelSession plan = layer.Plan(device);
        return Assert.IsAssignableFrom<CudaProgram>(plan.Program).Kernels;
    }

    private static IEnumerable<ICompiledLayer> Configured(string name)
    {
        if (layers.TryGetValue(name, out Func<IEnumerable<ICompiledLayer>>? make) || choices.TryGetValue(name, out make) || lambdas.TryGetValue(name, out make)
            || kept.TryGetValue(name, out make))
            return make();
        return name switch
        {
            BertBase => [new BertModel(30522, 768, 12, 12, 3072, new Activation(ActivationKind.Gelu), 512, 2)],
            HeadsOf128 => [new BertModel(30522, 1024, 24, 8, 4096, new Activation(ActivationKind.Gelu), 512, 2)],
            _ => [Family(name)],
        };
    }

    private static Looked LookedWith(ActivationKind kind) => new Looked(30, 36, 4, new Activation(kind));

    private static FixedChoices Fixed(NormPlace place, string kind) =>
        new FixedChoices(20, place, kind, kind == "half" ? null : 33, kind == "other" ? new(ActivationKind.Silu) : null);

    private static ICompiledLayer Family(string name)
    {
        ModelConfig config = ModelConfig.OpenFile(Path.Combine(Data.Require("golden/" + name), "config.json"));
        return config.String("model_type") switch
        {
            "albert" => Configure<AlbertModel>(config),
            "bert" => Configure<BertModel>(config),
            "deberta" => Configure<DebertaModel>(config),
            "deberta-v2" => Configure<DebertaV2Model>(config),
            "fnet" => Configure<FNetModel>(config),
            "gemma2" => Configure<Gemma2Model>(config),
            "gpt2" => Configure<Gpt2Model>(config),
            "llama" => Configure<LlamaModel>(config),
            "mistral" => Configure<MistralModel>(config),
            "mixtral" => Configure<MixtralModel>(config),
            "modernbert" => Configure<ModernBertModel>(config),
            "qwen3" => Configure<Qwen3Model>(config),
            "roberta" => Configure<RobertaModel>(config),
            "distilbert" => Configure<DistilBertModel>(config),
            string other => throw new ArgumentException($"no model of type '{other}' is listed here", nameof(name)),
        };
    }

    private static ICompiledLayer Configure<T>(ModelConfig config)
        where T : ICompiledModel => T.Configure(config);
}
