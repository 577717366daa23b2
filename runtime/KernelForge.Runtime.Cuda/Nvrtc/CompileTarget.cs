using System.Globalization;

namespace KernelForge.Runtime.Cuda.Nvrtc;

/// <summary>What a kernel is compiled to: machine code of one architecture (<c>sm_90a</c>), or PTX (<c>compute_80</c>).</summary>
public readonly record struct CompileTarget
{
    private CompileTarget(string name, bool isPtx) => (Name, IsPtx) = (name, isPtx);

    /// <summary>As NVRTC's <c>--gpu-architecture</c> takes it.</summary>
    public string Name { get; }

    public bool IsPtx { get; }

    /// <summary>Machine code for exactly this architecture; for 9.0 with the instructions that only it has (<c>sm_90a</c>).</summary>
    public static CompileTarget Cubin(Architecture architecture) =>
        new(architecture == new Architecture(9, 0) ? "sm_90a" : architecture.ToString(), isPtx: false);

    /// <summary>PTX that any device of this architecture or a later one can run, compiled again by the driver.</summary>
    public static CompileTarget Ptx(Architecture architecture) =>
        new(string.Create(CultureInfo.InvariantCulture, $"compute_{architecture.Number}"), isPtx: true);

    /// <summary>PTX with all that <see cref="Cubin"/> of the architecture may use, for a device that executes PTX itself.</summary>
    public static CompileTarget FullPtx(Architecture architecture) =>
        new(Cubin(architecture).Name.Replace("sm_", "compute_", StringComparison.Ordinal), isPtx: true);

    /// <param name="name"><c>sm_</c> or <c>compute_</c> and a number, with <c>a</c> or <c>f</c> after it where that is meant.</param>
    /// <exception cref="FormatException">It is no such name.</exception>
    public static CompileTarget Parse(string name)
    {
        _ = Architecture.Parse(name);
        bool isPtx = name.StartsWith("compute_", StringComparison.Ordinal);
        return isPtx || name.StartsWith("sm_", StringComparison.Ordinal)
            ? new CompileTarget(name, isPtx)
            : throw new FormatException($"'{name}' is no target such as sm_80, sm_90a or compute_80");
    }

    public override string ToString() => Name;
}
