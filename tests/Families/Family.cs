using KernelForge.Families.Papers;
using KernelForge.Models;
using KernelForge.Models.Tests;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families;

/// <summary>How far a description's results are from the expected values.</summary>
/// <param name="Largest">The largest difference.</param>
/// <param name="Excess">The largest difference by what is allowed of its output: above 1 it is wrong.</param>
internal readonly record struct Distance(double Largest, double Excess)
{
    public Distance And(double difference, double allowed) => new(
        Math.Max(Largest, difference), Math.Max(Excess, difference == 0 ? 0 : difference / allowed));
}

/// <summary>A golden family and where its model is described.</summary>
/// <param name="Name">The folder below <c>golden</c>.</param>
/// <param name="File">The description, from the repository's root.</param>
/// <param name="Run">All of the given cases in one batch on a device: each output of each case with its name.</param>
internal sealed record Family(
    string Name, string File, Func<Golden, IReadOnlyList<GoldenCase>, Device, IEnumerable<(GoldenCase Case, string Output, float[] Values)>> Run)
{
    /// <summary>Families that read a source and a target.</summary>
    private static readonly string[] pairs = ["bart", "t5"];

    /// <summary>Families that read sounds or images, their descriptions, and what is expected of them.</summary>
    private static readonly (string Name, string File, string Output)[] features =
    [
        ("vit", nameof(VitModel), "output"), ("poolformer", nameof(PoolFormerModel), "output"),
        ("wav2vec2-conformer", nameof(Wav2Vec2ConformerModel), "output"), ("moonshine", nameof(MoonshineModel), "decoder"),
    ];

    /// <summary>The families of the tests: <see cref="Encoders.Families"/>, those of pairs, and <see cref="PaperList.All"/>.</summary>
    public static IReadOnlyList<Family> All { get; } =
    [
        .. Encoders.Families.Concat(Encoders.MoreFamilies).Select(name => new Family(name, "src/KernelForge.Models/" + Described(name) + ".cs", RunTokens)),
        .. pairs.Select(name => new Family(name, "src/KernelForge.Models/" + Described(name) + ".cs", RunPairs)),
        .. features.Select(f => new Family(
            f.Name, "src/KernelForge.Models/" + f.File + ".cs", (golden, cases, device) => RunFeatures(golden, cases, device, f.Output))),
        .. PaperList.All.Select(paper => new Family(
            paper.Golden, "examples/Papers/" + paper.File, (golden, cases, device) => RunPaper(paper, golden, cases, device))),
    ];

    /// <summary>How far all cases are from their expected values, and how many they are.</summary>
    public (Distance Distance, int Cases) Measure(Golden golden, Device device)
    {
        GoldenCase[] cases = [.. golden.Cases];
        bool isReference = device == Device.Reference;
        var distance = default(Distance);
        foreach ((GoldenCase one, string output, float[] values) in Run(golden, cases, device))
        {
            double allowed = golden.ToleranceOf(output);
            distance = distance.And(Golden.LargestDifference(one.Matrix(output), values), isReference ? Math.Max(1e-5, allowed) : allowed);
        }
        return (distance, cases.Length);
    }

    private static string Described(string family)
    {
        if (Data.Find("golden/" + family) is not { } folder) return family;
        using IModel model = AutoModel.Load<IModel>(folder, Device.Cpu(1));
        return model.GetType().Name;
    }

    private static IEnumerable<(GoldenCase, string, float[])> RunTokens(Golden golden, IReadOnlyList<GoldenCase> cases, Device device)
    {
        using Encoder encoder = Encoders.Load(golden.Folder, device);
        int[][]? types = golden.Types is null ? null : [.. cases.Select(c => c.Types!)];
        RaggedMatrix output = encoder.Of([.. cases.Select(c => c.Ids!)], types);
        for (int s = 0; s < cases.Count; s++) yield return (cases[s], "output", output.Sequence(s).ToArray());
    }

    private static IEnumerable<(GoldenCase, string, float[])> RunPairs(Golden golden, IReadOnlyList<GoldenCase> cases, Device device)
    {
        using var model = AutoModel.Load<IEncoderDecoderModel>(golden.Folder, device);
        using RaggedBatch source = RaggedBatch.Pack([.. cases.Select(c => c.Source!)]), target = RaggedBatch.Pack([.. cases.Select(c => c.Target!)]);
        RaggedMatrix encoder = new(), decoder = new();
        model.Run(source, target, encoder, decoder);
        for (int s = 0; s < cases.Count; s++)
        {
            yield return (cases[s], "encoder", encoder.Sequence(s).ToArray());
            yield return (cases[s], "decoder", decoder.Sequence(s).ToArray());
        }
    }

    private static IEnumerable<(GoldenCase, string, float[])> RunFeatures(
        Golden golden, IReadOnlyList<GoldenCase> cases, Device device, string output)
    {
        bool images = cases[0].Tensor("input").Shape.Length == 3;
        RaggedMatrix input = images ? FeatureInputs.Pixels(cases) : FeatureInputs.Samples(cases), result;
        using IModel model = AutoModel.Load<IModel>(golden.Folder, device);
        if (model is MoonshineModel pairs)
        {
            using RaggedBatch targets = RaggedBatch.Pack([.. cases.Select(c => c.Target!)]);
            (_, result) = pairs.Run(input, targets);
        }
        else
        {
            result = ((IFeatureModel)model).Run(input);
        }
        for (int s = 0; s < cases.Count; s++)
        {
            float[] values = result.Sequence(s).ToArray();
            // PoolFormer's image comes channel by channel, as it is expected: rows here are pixels.
            yield return (cases[s], output, cases[s].Tensor(output).Shape.Length == 3 ? FeatureInputs.ChannelsFirst(values, cases[s].Tensor(output)) : values);
        }
    }

    private static IEnumerable<(GoldenCase, string, float[])> RunPaper(
        Paper paper, Golden golden, IReadOnlyList<GoldenCase> cases, Device device)
    {
        using ModelSource source = ModelSource.Open(golden.Folder);
        foreach (PaperPart part in paper.Parts)
        {
            using PaperRun run = part.Load(source, device);
            float[][][] results = run.Run(new PaperCases(cases));
            for (int o = 0; o < part.Outputs.Count; o++)
                for (int s = 0; s < cases.Count; s++) yield return (cases[s], part.Outputs[o], results[o][s]);
        }
    }
}
