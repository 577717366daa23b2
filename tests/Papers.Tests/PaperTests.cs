using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Families.Papers;

/// <summary>Layers from papers against values of their reference implementations, on every device.</summary>
public sealed class PaperTests
{
    public static TheoryData<string, string> EveryDevice => Pairs(Devices.All);

    public static TheoryData<string, string> EveryCompiledDevice => Pairs(Devices.Compiled);

    [Theory]
    [MemberData(nameof(EveryDevice))]
    public void Every_case_comes_out_of_one_batch_as_if_it_ran_alone(string paper, string device)
    {
        Paper described = PaperList.All.Single(p => p.Name == paper);
        Golden golden = Golden.Require(described.Golden);
        IReadOnlyList<GoldenCase> cases = Devices.CasesOf(golden, device);
        using ModelSource source = ModelSource.Open(golden.Folder);
        List<string> wrong = [];
        foreach (PaperPart part in described.Parts)
        {
            using PaperRun run = part.Load(source, Devices.Of(device));
            float[][][] results = run.Run(new PaperCases(cases));
            for (int o = 0; o < part.Outputs.Count; o++)
            {
                string output = part.Outputs[o];
                double tolerance = Devices.Tolerance(device, golden, output);
                for (int c = 0; c < cases.Count; c++)
                {
                    double difference = Golden.LargestDifference(cases[c].Matrix(output), results[o][c]);
                    string told =
                        $"{output} of case {cases[c].Index} ({string.Join(", ", cases[c].Lengths!)} rows) differs by {difference:g3}, allowed are {tolerance:g3}";
                    TestContext.Current.TestOutputHelper?.WriteLine(told);
                    if (!(difference <= tolerance)) wrong.Add(told);
                }
            }
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(EveryCompiledDevice))]
    public void A_case_has_the_same_bits_alone_and_among_others(string paper, string device)
    {
        Paper described = PaperList.All.Single(p => p.Name == paper);
        Golden golden = Golden.Require(described.Golden);
        using ModelSource source = ModelSource.Open(golden.Folder);
        IReadOnlyList<GoldenCase> cases = [.. Devices.CasesOf(golden, device).Reverse()];
        using PaperRun run = described.Parts[0].Load(source, Devices.Of(device));
        float[][][] together = run.Run(new PaperCases(cases));
        for (int c = 0; c < cases.Count; c++)
        {
            float[][][] alone = run.Run(new PaperCases([cases[c]]));
            for (int o = 0; o < together.Length; o++)
                Assert.True(alone[o][0].SequenceEqual(together[o][c]), $"{described.Parts[0].Outputs[o]} of case {cases[c].Index}");
        }
    }

    private static TheoryData<string, string> Pairs(IReadOnlyList<string> devices)
    {
        TheoryData<string, string> all = [];
        foreach (Paper paper in PaperList.All)
            foreach (string device in devices) all.Add(paper.Name, device);
        return all;
    }
}
