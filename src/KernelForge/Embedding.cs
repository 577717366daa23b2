using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// A learned row for each id: integers a row to <c>[rows, features]</c>. The checkpoint has <c>[ids, features]</c> under <c>….weight</c>.
/// </summary>
public sealed class Embedding
{
    private readonly StoredTensor weight;

    /// <summary>Allocates nothing until the weights are loaded.</summary>
    /// <exception cref="ArgumentException"><paramref name="rows"/> or <paramref name="features"/> is below 1.</exception>
    public Embedding(int rows, int features)
    {
        string description = $"Embedding [{rows}, {features}]";
        if (rows < 1 || features < 1) throw new ArgumentException($"{description}: both sides are at least 1");
        Rows = rows;
        Features = features;
        weight = new StoredTensor(description, [rows, features]);
    }

    /// <summary>The number of ids.</summary>
    public int Rows { get; }

    /// <summary>The features of a row.</summary>
    public int Features { get; }

    internal StoredTensor Weight => weight;

    /// <summary>The row of each id: <c>[rows of ids, features]</c>.</summary>
    /// <exception cref="ArgumentException">An id is negative or has no row.</exception>
    /// <exception cref="InvalidOperationException">The weights are not loaded.</exception>
    public Tokens this[Integers ids]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(ids);
            double[] table = weight.Values;
            var result = new Tokens(ids.Rows, Features);
            for (int row = 0; row < ids.Values.Length; row++)
            {
                int id = ids.Values[row];
                if ((uint)id >= (uint)Rows)
                    throw new ArgumentException(
                        $"Embedding [{Rows}, {Features}] has no row {id}, which row {row} of {ids} asks for", nameof(ids));
                table.AsSpan(id * Features, Features).CopyTo(result.Array.AsSpan(row * Features));
            }
            return result;
        }
    }

    /// <summary>Takes the table, row after row; the array is taken over, not copied.</summary>
    /// <exception cref="ArgumentException">The array has another length than the shape.</exception>
    public void Load(double[] weight) => this.weight.Load(weight);
}
