namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>A weight as the device library's product takes it: rows of the packed columns in the order of fragments.</summary>
internal static class PackedWeight
{
    /// <summary>The packed columns of products side by side, each given as its rows [outputs][inner].</summary>
    public static List<float[]?> Blocks(params ReadOnlySpan<float[][]> blocks)
    {
        var columns = new List<float[]?>();
        foreach (float[][] block in blocks)
        {
            columns.AddRange(block);
            Fill(columns);
        }
        return columns;
    }

    /// <summary>The packed columns of a gate and what it gates: four of the one, four of the other.</summary>
    public static List<float[]?> Pair(float[][] first, float[][] second)
    {
        var columns = new List<float[]?>();
        for (int column = 0; column < first.Length; column += 4)
        {
            for (int i = 0; i < 4; i++) columns.Add(first.ElementAtOrDefault(column + i));
            for (int i = 0; i < 4; i++) columns.Add(second.ElementAtOrDefault(column + i));
        }
        Fill(columns);
        return columns;
    }

    /// <summary>[packed columns, inner rounded up to 8], row 8 j + 2 t + e of each 32 holding column 8 t + 2 j + e.</summary>
    public static float[] Pack(List<float[]?> columns, int inner)
    {
        int stride = (inner + 7) / 8 * 8;
        float[] packed = new float[columns.Count * stride];
        for (int row = 0; row < columns.Count; row++)
        {
            int j = row % 32 / 8, t = row % 8 / 2, e = row % 2;
            columns[row / 32 * 32 + 8 * t + 2 * j + e]?.CopyTo(packed, row * stride);
        }
        return packed;
    }

    private static void Fill(List<float[]?> columns)
    {
        while (columns.Count % 32 != 0) columns.Add(null);
    }
}
