using KernelForge.Papers;
using KernelForge.Runtime;
using static KernelForge.Families.Papers.PaperPart;
using static KernelForge.Families.Papers.PaperResult;

namespace KernelForge.Families.Papers;

/// <summary>Every paper that is described.</summary>
internal static class PaperList
{
    public static IReadOnlyList<Paper> All { get; } =
    [
        new("activator", "ActivatorModel.cs",
            Of(ActivatorModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(ActivatorHidden.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "hidden1")),
        new("combiner-fixed", "CombinerModel.cs",
            Of(CombinerModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(CombinerMixed.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "mixed")),
        new("ecoformer", "EcoFormerModel.cs",
            Of(EcoFormerModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(EcoFormerOfAll.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output_sum"),
            Of(EcoFormerCode.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "code")),
        new("fit", "FitModel.cs",
            Of(FitModel.Load, (m, c) => Of(m.Run(c.Rows("input"))), "output", "latents"),
            Of(FitGrouped.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "grouped")),
        new("informer", "InformerModel.cs",
            Of(InformerModel.Load, Informer, "output"),
            Of(InformerDistilled.Load, Informer, "hidden1", "distilled")),
        new("mamba", "MambaModel.cs",
            Of(MambaModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(MambaScan.Load, Mamba, "scan", "state", "hidden1")),
        new("mossformer", "MossFormerModel.cs",
            Of(MossFormerModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(MossFormerAttended.Load, (m, c) => Of(m.Run(c.Rows("input"))), "att_v", "att_u")),
        new("pointer", "PointerNetwork.cs",
            Of(PointerNetwork.Load, (m, c) => Of(m.Run(c.Rows("encoder"), c.Rows("decoder"))), "output", "glimpse")),
        new("ponet", "PoNetModel.cs",
            Of(PoNetModel.Load, PoNet, "output"),
            Of(PoNetMixed.Load, PoNet, "mixer", "hidden1")),
        new("retnet", "RetNetModel.cs",
            Of(RetNetModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(RetNetRetained.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "retention")),
        new("streaming-conformer", "StreamingConformerModel.cs",
            Of(StreamingConformerModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(StreamingConformerModules.Load, (m, c) => Of(m.Run(c.Rows("input"))), "attention", "conv")),
        new("widenet", "WideNetModel.cs",
            Of(WideNetModel.Load, (m, c) => [Of(m.Run(c.Rows("input")))], "output"),
            Of(WideNetGates.Load, (m, c) => Of(m.Run(c.Rows("input"))), "gates", "hidden1")),
    ];

    private static float[][][] Informer(InformerModel model, PaperCases cases)
    {
        using RaggedBatch sample = cases.Integers("sample0"), distilled = cases.Integers("sample1");
        return [Of(model.Run(cases.Rows("input"), sample, distilled))];
    }

    private static float[][][] Informer(InformerDistilled model, PaperCases cases)
    {
        using RaggedBatch sample = cases.Integers("sample0");
        return Of(model.Run(cases.Rows("input"), sample));
    }

    private static float[][][] Mamba(MambaScan model, PaperCases cases)
    {
        (RaggedMatrix scan, Matrix state, RaggedMatrix hidden) = model.Run(cases.Rows("input"));
        return [Of(scan), Of(state), Of(hidden)];
    }

    private static float[][][] PoNet(PoNetModel model, PaperCases cases)
    {
        using RaggedBatch segment = cases.Integers("segment"), special = cases.Integers("special");
        return [Of(model.Run(cases.Rows("input"), segment, special))];
    }

    private static float[][][] PoNet(PoNetMixed model, PaperCases cases)
    {
        using RaggedBatch segment = cases.Integers("segment"), special = cases.Integers("special");
        return Of(model.Run(cases.Rows("input"), segment, special));
    }
}
