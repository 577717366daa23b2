namespace KernelForge.Runtime.Cpu;

/// <summary>
/// A scan whose states are a matrix for each head, S ← decay · S + k · vᵀ, with the result q · S: retention, gated linear attention,
/// Mamba-2. Long sequences are gone through in chunks, as products of small matrices.
/// </summary>
/// <remarks>
/// Whether a sequence is gone through in chunks follows from its own length and from the shape alone, and each head goes by itself:
/// neither threads nor other sequences change a bit.
/// </remarks>
/// <param name="Output">The result, [rows, features].</param>
/// <param name="States">States of a feature: rows of the matrix, elements of a query and of a key.</param>
/// <param name="HeadWidth">Features of each head; the last may have fewer.</param>
/// <param name="Backwards">Whether it goes from a sequence's last row to its first.</param>
/// <param name="Source">What the rows bring.</param>
public readonly record struct LinearAttention<TVector, TRows>(
    Rows<TVector> Output, int States, int HeadWidth, bool Backwards, TRows Source)
    where TVector : unmanaged, IVector<TVector>
    where TRows : struct, ILinearAttentionRows<TVector>
{
    /// <summary>Rows of a chunk, but for the last of a sequence; and how long a sequence is at most that goes row by row.</summary>
    internal const int ChunkRows = 32, LongestRowByRow = 128;

    /// <summary>Matrices below these are mostly empty vectors: row by row is as fast.</summary>
    private const int FewestStates = 8, FewestFeatures = 8;

    /// <summary>Features of an item: more share the products of queries and keys, fewer leave work for more threads.</summary>
    private const int MostFeatures = 128;

    /// <summary>Features of each head, where there are so many.</summary>
    internal int Width => Math.Min(HeadWidth, Output.Columns);

    /// <summary>Items that a head makes.</summary>
    private int PartsOfHead => (Width + MostFeatures - 1) / MostFeatures;

    /// <summary>Items that a sequence makes.</summary>
    internal int Parts => (Output.Columns + Width - 1) / Width * PartsOfHead;

    /// <summary>The features of an item; none where the last head has none left.</summary>
    internal (int First, int End) Features(int part)
    {
        int panel = 2 * TVector.Count, width = (((Width - 1) / PartsOfHead / panel) + 1) * panel;
        int head = part / PartsOfHead * Width, first = head + (part % PartsOfHead * width);
        return (first, Math.Min(Math.Min(first + width, head + Width), Output.Columns));
    }

    /// <summary>How many sequences, of those in <see cref="RaggedRows.ByLength"/>, are gone through in chunks: the first ones.</summary>
    internal int InChunks(RaggedRows sequences)
    {
        if (States < FewestStates || Width < FewestFeatures) return 0;
        ReadOnlySpan<int> order = sequences.ByLength;
        int count = 0;
        while (count < order.Length && sequences.RowCount(order[count]) > LongestRowByRow) count++;
        return count;
    }
}
