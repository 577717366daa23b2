using System.Collections.Immutable;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// Checks what a header says against the bytes that are there. <b>Ensures</b> for each tensor that comes out: its range lies inside
/// the data, has exactly the bytes of its shape and type, and shares no byte with another; together they leave no byte over.
/// </summary>
internal static class SafetensorsLayout
{
    public static List<WeightTensor> Check(List<HeaderEntry> entries, ByteSource bytes, long dataStart, string file)
    {
        long dataLength = bytes.Length - dataStart;
        var tensors = new List<WeightTensor>(entries.Count);
        foreach (HeaderEntry entry in entries) tensors.Add(Check(entry, bytes, dataStart, dataLength, file));
        CheckCover([.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)], dataLength, file);
        return tensors;
    }

    private static WeightTensor Check(HeaderEntry entry, ByteSource bytes, long dataStart, long dataLength, string file)
    {
        WeightDataType type = WeightDataTypes.Parse(entry.DataType)
            ?? throw new WeightException(
                file, entry.Name, $"has dtype {Quoted.Text(entry.DataType)}, expected one of {WeightDataTypes.Names}");
        if (entry.Begin > entry.End)
            throw new WeightException(file, entry.Name, $"ends at byte {entry.End}, before it begins at {entry.Begin}");
        if (entry.End > dataLength)
        {
            throw new WeightException(
                file, entry.Name, $"ends at byte {entry.End} of the data, but the file holds {dataLength}: it is cut short or damaged");
        }
        if (Count(entry.Shape) is not { } count || count > long.MaxValue / type.Bytes())
            throw new WeightException(file, entry.Name, $"has shape {Quoted.Shape(entry.Shape)}: more elements than a file can hold");
        if (count * type.Bytes() != entry.End - entry.Begin)
        {
            throw new WeightException(file, entry.Name, $"is {type.FormatName()} of shape {Quoted.Shape(entry.Shape)}, which takes "
                + $"{count * type.Bytes()} bytes, but its data_offsets span {entry.End - entry.Begin}");
        }
        return new WeightTensor(entry.Name, type, ImmutableArray.Create(entry.Shape), count, file, bytes, dataStart + entry.Begin);
    }

    /// <summary>The product of the dimensions, or null where it overflows; a zero among them makes it zero.</summary>
    private static long? Count(long[] shape)
    {
        if (shape.Contains(0)) return 0;
        long count = 1;
        foreach (long dimension in shape)
        {
            if (count > long.MaxValue / dimension) return null;
            count *= dimension;
        }
        return count;
    }

    private static void CheckCover(HeaderEntry[] ordered, long dataLength, string file)
    {
        long end = 0;
        string? before = null;
        foreach (HeaderEntry entry in ordered)
        {
            string begins = $"begins at byte {entry.Begin}";
            if (entry.Begin < end)
                throw new WeightException(file, entry.Name, $"{begins}, inside tensor {Quoted.Text(before!)}, which ends at {end}");
            if (entry.Begin > end)
                throw new WeightException(file, entry.Name, $"{begins}, but the bytes from {end} on belong to no tensor");
            end = entry.End;
            before = entry.Name;
        }
        if (end != dataLength)
            throw new WeightException(file, null, $"{dataLength - end} bytes after the last tensor belong to no tensor");
    }
}
