using System.Runtime.CompilerServices;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// What the rows of a scan bring whose states are a matrix for each head: see <see cref="LinearAttention{TVector, TRows}"/>. Generated.
/// </summary>
public interface ILinearAttentionRows<TVector> where TVector : unmanaged, IVector<TVector>
{
    /// <summary>Tells a row's decay, query and key for a head, and its values for some features of that head.</summary>
    /// <param name="sequence">The sequence of the row.</param>
    /// <param name="row">The row's place among all rows.</param>
    /// <param name="first">The first feature.</param>
    /// <param name="end">The feature behind the last.</param>
    /// <param name="to">Takes them.</param>
    void Read(int sequence, int row, int first, int end, LinearAttentionRow<TVector> to);
}

/// <summary>Where what a row brings goes to.</summary>
public readonly unsafe struct LinearAttentionRow<TVector> where TVector : unmanaged, IVector<TVector>
{
    private readonly float* decay, query, key, values;

    internal LinearAttentionRow(float* decay, float* query, float* key, float* values)
    {
        this.decay = decay;
        this.query = query;
        this.key = key;
        this.values = values;
    }

    /// <summary>What the states are multiplied by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Decay(float value) => *decay = value;

    /// <summary>What state <paramref name="n"/> and those behind it are multiplied by in the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Query(int n, TVector value) => TVector.Store(query + n, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Query(int n, float value) => query[n] = value;

    /// <summary>What state <paramref name="n"/> and those behind it take of each value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Key(int n, TVector value) => TVector.Store(key + n, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Key(int n, float value) => key[n] = value;

    /// <summary>The values of a feature, counted from the first that is asked for, and of those behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Value(int feature, TVector value) => TVector.Store(values + feature, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Value(int feature, float value) => values[feature] = value;
}
