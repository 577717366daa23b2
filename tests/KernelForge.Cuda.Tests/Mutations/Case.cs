using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cuda.Tests.Mutations;

/// <summary>A layer with weights and batches, small enough to run in a moment, and what its reference run gives.</summary>
internal sealed class Case
{
    private readonly Func<Device, float[]> run;
    private readonly Lazy<float[]> expected;

    /// <param name="precision">The type of weights and intermediate values.</param>
    /// <param name="tolerance">How far results without a fault may be, relative to 1 + their size.</param>
    /// <param name="run">Results on a device.</param>
    public Case(CudaPrecision precision, double tolerance, Func<Device, float[]> run)
    {
        (Precision, Tolerance, this.run) = (precision, tolerance, run);
        expected = new Lazy<float[]>(() => run(Device.Reference));
    }

    public CudaPrecision Precision { get; }

    public double Tolerance { get; }

    /// <summary>The largest difference from the reference run; infinite where a value is NaN.</summary>
    public double DifferenceOn(Device device)
    {
        float[] actual = run(device), wanted = expected.Value;
        Assert.Equal(wanted.Length, actual.Length);
        double largest = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            double difference = Math.Abs((double)wanted[i] - actual[i]) / (1 + Math.Abs((double)wanted[i]));
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        return largest;
    }
}
