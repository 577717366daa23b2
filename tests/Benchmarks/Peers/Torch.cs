using KernelForge.Benchmarks.Model;

namespace KernelForge.Benchmarks.Peers;

/// <summary>
/// Debian's libtorch in fp32, by the prepared program <c>torch-cpp</c>: a padded batch with a mask, its fast path for encoders on padded
/// rows and on nested tensors, and rows packed by hand with attention sequence by sequence.
/// </summary>
internal static class Torch
{
    /// <summary>With the BLAS on pthreads, two pools of threads fight for the cores.</summary>
    private const string Blas = "/usr/lib/x86_64-linux-gnu/openblas-openmp";

    private const string Program = "torch-cpp/torch-cpp";

    /// <summary>All ways, or none and what is missing.</summary>
    public static IReadOnlyList<Contender> Ways(string peers, out string? missing)
    {
        string program = Path.GetFullPath(Path.Combine(peers, Program));
        missing = !File.Exists(program)
            ? $"libtorch was not measured: there is no '{program}' (bench.sh builds it where Debian's libtorch-dev is installed)"
            : !Directory.Exists(Blas) ? $"libtorch was not measured: there is no '{Blas}' (Debian's libopenblas0-openmp)" : null;
        if (missing is not null) return [];
        return [Way("sdpa", splits: false), Way("fastpath", splits: false), Way("nested", splits: true), Way("packed", splits: true)];

        Contender Way(string variant, bool splits) =>
            new($"torch {variant}", Path.GetDirectoryName(program)!, [program, variant], ComparedPrecision.Float32, splits, Blas);
    }
}
