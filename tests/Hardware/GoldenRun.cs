using System.Globalization;
using KernelForge.Models.Tests;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;
using KernelForge.TestData;

namespace KernelForge.Hardware;

/// <summary>
/// The cases of a golden model on a device: all in one batch against what its reference implementation gave and against the CPU's program,
/// and each case alone against the batch, bit for bit.
/// </summary>
internal static class GoldenRun
{
    /// <summary>Families of encoders and decoders, in the repository and in the optional data folder.</summary>
    public static IReadOnlyList<string> Families { get; } = [.. Encoders.Families, .. Encoders.MoreFamilies];

    /// <param name="report">Told what comes out.</param>
    /// <param name="folder">The golden model.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="precision">That of the device.</param>
    /// <param name="most">Tokens of a case at most; longer ones are left out.</param>
    public static void Check(Report report, string folder, Device device, CudaPrecision precision, int most = int.MaxValue)
    {
        Golden golden = Golden.Open(folder);
        GoldenCase[] cases = [.. golden.Cases.Where(c => c.Ids!.Length <= most)];
        int[][] ids = [.. cases.Select(c => c.Ids!)];
        int[][]? types = golden.Types is null ? null : [.. cases.Select(c => c.Types!)];
        string name = $"{Path.GetFileName(folder)} {precision}";
        using Encoder encoder = Encoders.Load(folder, device);
        RaggedMatrix together = encoder.Of(ids, types);
        float[] expected = [.. cases.SelectMany(c => c.Output.Cast<float>())];
        Compare($"{name} against the expected values", together.Values, expected, golden.Tolerance);

        using (Encoder onCpu = Encoders.Load(folder, Device.Cpu()))
            Compare($"{name} against the CPU", together.Values, onCpu.Of(ids, types).Values, 2 * golden.Tolerance);

        int differing = 0;
        for (int i = 0; i < cases.Length; i++)
        {
            RaggedMatrix alone = encoder.Of([ids[i]], types is null ? null : [types[i]]);
            if (!alone.Values.SequenceEqual(together.Sequence(i))) differing++;
        }
        report.Check($"{name} alone and in the batch", differing == 0 && cases.Length > 0, $"{differing} of {cases.Length} cases differ in a bit");

        void Compare(string what, ReadOnlySpan<float> actual, ReadOnlySpan<float> wanted, double tolerance)
        {
            Distance distance = Distance.Between(actual, wanted);
            // Rounded elements leave differences in proportion to the values; in float the reference implementation's own error is known.
            (double seen, double allowed, string measure) = precision == CudaPrecision.Float32
                ? (distance.Largest, tolerance, "largest difference")
                : (distance.Relative, RelativeLimit(precision), "relative difference");
            report.Check(what, seen <= allowed, string.Create(CultureInfo.InvariantCulture,
                $"{measure} {seen:g3} of {wanted.Length} values, allowed {allowed:g3}; largest {distance.Largest:g3}"));
        }
    }

    /// <summary>How far an encoder's rows may be away, as a part of their norm: roundings to 11 or 8 bits, added up over the layers.</summary>
    public static double RelativeLimit(CudaPrecision precision) => precision switch
    {
        CudaPrecision.Float32 => 1e-4,
        CudaPrecision.BFloat16 => 3e-2,
        _ => 4e-3,
    };
}
