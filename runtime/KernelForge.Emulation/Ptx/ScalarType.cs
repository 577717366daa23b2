namespace KernelForge.Emulation.Ptx;

internal enum ScalarType
{
    None, Pred, B8, B16, B32, B64, U8, U16, U32, U64, S8, S16, S32, S64, F16, F16x2, BF16, BF16x2, TF32, F32, F64,
}

internal static class ScalarTypes
{
    public static ScalarType Parse(string name) => name switch
    {
        "pred" => ScalarType.Pred,
        "b8" => ScalarType.B8,
        "b16" => ScalarType.B16,
        "b32" => ScalarType.B32,
        "b64" => ScalarType.B64,
        "u8" => ScalarType.U8,
        "u16" => ScalarType.U16,
        "u32" => ScalarType.U32,
        "u64" => ScalarType.U64,
        "s8" => ScalarType.S8,
        "s16" => ScalarType.S16,
        "s32" => ScalarType.S32,
        "s64" => ScalarType.S64,
        "f16" => ScalarType.F16,
        "f16x2" => ScalarType.F16x2,
        "bf16" => ScalarType.BF16,
        "bf16x2" => ScalarType.BF16x2,
        "tf32" => ScalarType.TF32,
        "f32" => ScalarType.F32,
        "f64" => ScalarType.F64,
        _ => ScalarType.None,
    };

    /// <summary>Bytes in memory; a predicate has none.</summary>
    public static int Bytes(this ScalarType type) => type switch
    {
        ScalarType.B8 or ScalarType.U8 or ScalarType.S8 => 1,
        ScalarType.B16 or ScalarType.U16 or ScalarType.S16 or ScalarType.F16 or ScalarType.BF16 => 2,
        ScalarType.B64 or ScalarType.U64 or ScalarType.S64 or ScalarType.F64 => 8,
        ScalarType.None or ScalarType.Pred => 0,
        _ => 4,
    };

    public static bool IsSigned(this ScalarType type) =>
        type is ScalarType.S8 or ScalarType.S16 or ScalarType.S32 or ScalarType.S64;

    public static bool IsFloat(this ScalarType type) => type >= ScalarType.F16;

    public static string Name(this ScalarType type) => type.ToString().ToLowerInvariant();
}
