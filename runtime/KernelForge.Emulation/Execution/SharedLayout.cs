using KernelForge.Emulation.Memory;
using KernelForge.Emulation.Ptx;

namespace KernelForge.Emulation.Execution;

/// <summary>
/// Where a kernel's shared variables lie. Between them are gaps that nobody may touch, so that an access beyond a variable's end is seen
/// even where hardware would hit its neighbour; <see cref="StaticBytes"/> counts without them.
/// </summary>
internal sealed class SharedLayout
{
    private const int Gap = 128;

    private readonly Dictionary<PtxVariable, int> offsets = [];
    private readonly List<SharedRange> statics = [];
    private readonly int end;

    public SharedLayout(IEnumerable<PtxVariable> variables)
    {
        int dynamicAlignment = 16;
        var externals = new List<PtxVariable>();
        foreach (PtxVariable variable in variables)
        {
            if (variable.IsExternal || variable.Elements == 0)
            {
                externals.Add(variable);
                dynamicAlignment = Math.Max(dynamicAlignment, variable.Alignment);
                continue;
            }
            end = Align(end, Math.Max(variable.Alignment, 16));
            offsets[variable] = end;
            statics.Add(new SharedRange(variable.Name, end, variable.Bytes));
            StaticBytes = Align(StaticBytes, variable.Alignment) + variable.Bytes;
            end += variable.Bytes + Gap;
        }
        end = Align(end, dynamicAlignment);
        foreach (PtxVariable variable in externals) offsets[variable] = end;
        DynamicName = externals.Count > 0 ? externals[0].Name : null;
    }

    /// <summary>What hardware would need for the variables of fixed size.</summary>
    public int StaticBytes { get; }

    private string? DynamicName { get; }

    /// <summary>The address of a variable in the shared space.</summary>
    public uint AddressOf(PtxVariable variable) => AddressSpace.SharedBase + (uint)offsets[variable];

    public bool Holds(PtxVariable variable) => offsets.ContainsKey(variable);

    /// <summary>The ranges that may be touched, by offset, where the launch gives so many dynamic bytes.</summary>
    public SharedRange[] Ranges(int dynamicBytes) =>
        dynamicBytes == 0 ? [.. statics] : [.. statics, new SharedRange(DynamicName ?? "dynamic shared memory", end, dynamicBytes)];

    /// <summary>Bytes from the first range's start to the last one's end.</summary>
    public int TotalBytes(int dynamicBytes) => end + dynamicBytes;

    private static int Align(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}

internal readonly record struct SharedRange(string Name, int Offset, int Bytes)
{
    public bool Contains(long offset, int bytes) => offset >= Offset && offset + bytes <= Offset + Bytes;
}
