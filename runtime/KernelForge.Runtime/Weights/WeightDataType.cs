namespace KernelForge.Runtime.Weights;

/// <summary>The element types a safetensors file may hold, by the names the format gives them.</summary>
public enum WeightDataType
{
    Bool, U8, I8, F8E5M2, F8E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64,
}

/// <summary>What each element type means for a reader.</summary>
internal static class WeightDataTypes
{
    private static readonly (string Name, WeightDataType Type, int Bytes)[] Known =
    [
        ("BOOL", WeightDataType.Bool, 1), ("U8", WeightDataType.U8, 1), ("I8", WeightDataType.I8, 1),
        ("F8_E5M2", WeightDataType.F8E5M2, 1), ("F8_E4M3", WeightDataType.F8E4M3, 1),
        ("I16", WeightDataType.I16, 2), ("U16", WeightDataType.U16, 2), ("F16", WeightDataType.F16, 2), ("BF16", WeightDataType.BF16, 2),
        ("I32", WeightDataType.I32, 4), ("U32", WeightDataType.U32, 4), ("F32", WeightDataType.F32, 4),
        ("F64", WeightDataType.F64, 8), ("I64", WeightDataType.I64, 8), ("U64", WeightDataType.U64, 8),
    ];

    public static string Names { get; } = string.Join(", ", Known.Select(known => known.Name));

    public static WeightDataType? Parse(string name)
    {
        foreach (var known in Known)
            if (known.Name == name) return known.Type;
        return null;
    }

    public static int Bytes(this WeightDataType type) => Known.First(known => known.Type == type).Bytes;

    public static string FormatName(this WeightDataType type) => Known.First(known => known.Type == type).Name;

    /// <summary>Whether the elements are real numbers that a weight can be read from.</summary>
    public static bool IsReal(this WeightDataType type) =>
        type is WeightDataType.F16 or WeightDataType.BF16 or WeightDataType.F32 or WeightDataType.F64;

    public static bool IsInteger(this WeightDataType type) =>
        type is not (WeightDataType.F8E5M2 or WeightDataType.F8E4M3) && !type.IsReal();
}
