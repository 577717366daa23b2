using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>Where the entry's parameters lie in their block of bytes.</summary>
internal sealed class ParameterLayout
{
    private readonly Dictionary<PtxVariable, int> offsets = [];

    public ParameterLayout(PtxFunction entry)
    {
        foreach (PtxVariable parameter in entry.Parameters)
        {
            Bytes = (Bytes + parameter.Alignment - 1) / parameter.Alignment * parameter.Alignment;
            offsets[parameter] = Bytes;
            Bytes += parameter.Bytes;
        }
    }

    public int Bytes { get; }

    public int this[PtxVariable parameter] => offsets[parameter];

    public bool Holds(PtxVariable variable) => offsets.ContainsKey(variable);

    /// <summary>The arguments, each where its parameter lies.</summary>
    /// <exception cref="EmulationException">They are not as many, or not as large, as the parameters.</exception>
    public static byte[] Pack(Program program, LaunchArguments arguments)
    {
        PtxFunction entry = program.Entry;
        if (arguments.Values.Count != entry.Parameters.Length)
            throw Fail($"'{program.Name}' takes {entry.Parameters.Length} arguments and not {arguments.Values.Count}");
        byte[] packed = new byte[program.Parameters.Bytes];
        for (int i = 0; i < entry.Parameters.Length; i++)
        {
            byte[] value = arguments.Values[i];
            if (value.Length != entry.Parameters[i].Bytes)
                throw Fail($"argument {i} of '{program.Name}' has {value.Length} bytes and should have {entry.Parameters[i].Bytes}");
            value.CopyTo(packed.AsSpan(program.Parameters[entry.Parameters[i]]));
        }
        return packed;
    }

    /// <summary>Bytes that were laid out elsewhere, at least as many as the parameters take.</summary>
    /// <param name="program">The kernel.</param>
    /// <param name="values">Argument <c>i</c> begins at byte <c>starts[i]</c>.</param>
    /// <param name="starts">Ascending.</param>
    /// <exception cref="EmulationException">An argument does not lie where its parameter does, or has another size.</exception>
    public static byte[] Check(Program program, ReadOnlySpan<byte> values, ReadOnlySpan<int> starts)
    {
        PtxFunction entry = program.Entry;
        if (starts.Length != entry.Parameters.Length)
            throw Fail($"kernel '{program.Name}' takes {entry.Parameters.Length} arguments and was given {starts.Length}");
        for (int i = 0; i < starts.Length; i++)
        {
            PtxVariable parameter = entry.Parameters[i];
            int offset = program.Parameters[parameter];
            bool isLast = i + 1 == starts.Length;
            int bytes = (isLast ? values.Length : starts[i + 1]) - starts[i];
            if (starts[i] == offset && bytes >= parameter.Bytes && (!isLast || bytes == parameter.Bytes)) continue;
            string cause = starts[i] == offset ? "" : "; it, or one before it, has another size than its parameter";
            throw Fail($"argument {i} of kernel '{program.Name}' has {bytes} bytes at byte {starts[i]}, and its parameter " +
                $"'{parameter.Name}' (.{parameter.Type.Name()}) {parameter.Bytes} at byte {offset}{cause}");
        }
        return values[..program.Parameters.Bytes].ToArray();
    }

    private static EmulationException Fail(string message) => new(EmulationError.InvalidValue, message);
}
