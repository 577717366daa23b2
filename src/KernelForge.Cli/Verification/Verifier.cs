using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Output;
using KernelForge.Compiler;
using KernelForge.Compiler.Kernels;
using KernelForge.Emulation.Findings;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Verification;

/// <summary>Runs a model on a device and as the reference, and tells how they compare.</summary>
/// <param name="output">Where it tells.</param>
/// <param name="tested">The model that runs on the device.</param>
/// <param name="described">The same model once more, for the reference.</param>
/// <param name="tolerance">The largest relative difference, see <see cref="Comparison.Relative"/>; null for what the precision calls for.</param>
internal sealed class Verifier(TextWriter output, ConfiguredModel tested, ConfiguredModel described, double? tolerance)
{
    private const int Seed = 20, LongestUsual = 40;

    private readonly KernelPlan plan = Pipeline.Plan(tested.Unit);

    /// <summary>Whether everything was as it should be.</summary>
    /// <param name="on">The device.</param>
    /// <param name="batches">Lengths of the sequences of each batch; null for the usual ones.</param>
    /// <exception cref="InputException">The model has no code for the device, or no inputs can be made for it.</exception>
    public bool Run(DeviceName on, int[][]? batches)
    {
        var maker = new InputMaker(plan, new HyperValues(tested.Layer));
        using LoadedModel model = LoadedModel.Load(tested, plan, on.Device), reference = LoadedModel.Load(described, plan, Device.Reference);
        ModelSession session = tested.Layer.Session!;
        output.WriteLine($"{tested} on {session.Choice}");
        output.WriteLine($"products are in {session.Precisions}");
        try
        {
            return Compare(model, reference, maker, batches ?? Usual(maker.LongestSequence), tolerance ?? Allowed(session)) && TellFindings(on);
        }
        catch (CudaException e) when (on.Emulated is { Findings.Count: > 0 })
        {
            output.WriteLine(e.Message);
            return TellFindings(on);
        }
    }

    private bool Compare(LoadedModel model, LoadedModel reference, InputMaker maker, int[][] batches, double allowed)
    {
        bool agrees = true;
        List<string[]> rows = [];
        for (int b = 0; b < batches.Length; b++)
        {
            object[] inputs = maker.Make(batches[b], Seed + b);
            float[][][] expected = reference.Run(inputs), actual = model.Run(inputs);
            for (int o = 0; o < expected.Length; o++)
            {
                Comparison comparison = Comparison.Of(expected[o], actual[o]);
                bool within = comparison.Relative <= allowed;
                agrees &= within;
                rows.Add([string.Join(',', batches[b]), plan.Outputs[o].Name, Text(comparison.Rms), Text(comparison.Largest),
                    Text(comparison.Relative), within ? "agrees" : "DIFFERS"]);
            }
            if (b == 0) agrees &= IsSameAlone(model, inputs, actual, batches[b]);
        }
        Tables.Write(output, ["lengths", "output", "reference rms", "largest difference", "relative", ""], rows);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"allowed is a relative difference of {allowed:g3}"));
        return agrees;
    }

    /// <summary>The promise that a sequence's bits depend on that sequence alone, looked at for the shortest that has tokens.</summary>
    private bool IsSameAlone(LoadedModel model, object[] inputs, float[][][] together, int[] lengths)
    {
        int[] some = [.. Enumerable.Range(0, lengths.Length).Where(s => lengths[s] > 0)];
        if (some.Length == 0) return true;
        int sequence = some.MinBy(s => lengths[s]);
        float[][][] alone = model.Run(InputMaker.Alone(inputs, sequence));
        bool same = alone.Zip(together).All(o => o.First[0].AsSpan().SequenceEqual(o.Second[sequence]));
        string verdict = same ? "has the same bits alone as in its batch" : "has OTHER BITS alone than in its batch";
        output.WriteLine($"a sequence of length {lengths[sequence]} {verdict}");
        return same;
    }

    private static double Allowed(ModelSession session) => (session.Device, session.Precisions) switch
    {
        (ReferenceDevice, _) => 0,
        (_, nameof(CpuPrecision.Float32)) => 0.001,
        (CudaDevice { Precision: CudaPrecision.Float16 or CudaPrecision.TensorFloat32 }, _) => 0.03,
        _ => 0.2,
    };

    private bool TellFindings(DeviceName on)
    {
        if (on.Emulated is not { } driver) return true;
        output.WriteLine(driver.Findings.Count == 0 ? "the emulated GPU found nothing to complain of" : "the emulated GPU found:");
        foreach (Finding finding in driver.Findings) output.WriteLine($"  {finding}");
        return driver.Findings.Count == 0;
    }

    /// <summary>Sequences of one token and of none of a tile's sizes, alone and together.</summary>
    private static int[][] Usual(int longest)
    {
        int most = Math.Min(LongestUsual, longest);
        int[][] batches = [[17, 1, LongestUsual, 8], [5], [3, 3, 29]];
        foreach (int[] batch in batches)
            foreach (ref int length in batch.AsSpan()) length = Math.Min(length, most);
        return batches;
    }

    private static string Text(double value) => value.ToString("g3", CultureInfo.InvariantCulture);
}
