using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// y = W·x + b for each row: <c>[rows, inputs]</c> to <c>[rows, outputs]</c>. The checkpoint has W as <c>[outputs, inputs]</c>, or
/// transposed as <c>[inputs, outputs]</c>, under the name <c>….weight</c>, and b as <c>[outputs]</c> under <c>….bias</c>.
/// </summary>
public sealed class Linear
{
    private const int RowBlock = 64, ColumnBlock = 256;

    private readonly StoredTensor? weight, bias;

    /// <summary>Allocates nothing until the weights are loaded.</summary>
    /// <param name="inputs">The features it reads.</param>
    /// <param name="outputs">The features it gives.</param>
    /// <param name="bias">Whether it has a bias.</param>
    /// <param name="transposed">Whether the checkpoint stores the weight as <c>[inputs, outputs]</c>.</param>
    /// <param name="present">Whether it is there at all: if not, it expects no tensors, and to apply it is an error.</param>
    /// <exception cref="ArgumentException"><paramref name="inputs"/> or <paramref name="outputs"/> is below 1.</exception>
    public Linear(int inputs, int outputs, bool bias = true, bool transposed = false, bool present = true)
    {
        string description = $"Linear [{inputs} → {outputs}]";
        if (inputs < 1 || outputs < 1) throw new ArgumentException($"{description}: both are at least 1");
        Inputs = inputs;
        Outputs = outputs;
        Transposed = transposed;
        if (!present) return;
        ImmutableArray<int> shape = transposed ? [inputs, outputs] : [outputs, inputs];
        weight = new StoredTensor(description, shape, transposed ? null : InputsFirst);
        if (bias) this.bias = new StoredTensor($"bias of {description}", [outputs]);
    }

    /// <summary>The features it reads.</summary>
    public int Inputs { get; }

    /// <summary>The features it gives.</summary>
    public int Outputs { get; }

    /// <summary>Whether the checkpoint has it; if not, it cannot be applied.</summary>
    public bool Present => weight is not null;

    /// <summary>Whether it has a bias.</summary>
    public bool HasBias => bias is not null;

    /// <summary>Whether the checkpoint stores the weight as <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; }

    internal StoredTensor? Weight => weight;

    internal StoredTensor? Bias => bias;

    /// <summary>Applies it to every row: <c>[rows, outputs]</c>.</summary>
    /// <exception cref="ArgumentException">The value has another number of features than <see cref="Inputs"/>.</exception>
    /// <exception cref="InvalidOperationException">The weights are not loaded, or it is not <see cref="Present"/>.</exception>
    public Tokens this[Tokens x]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(x);
            if (x.Features != Inputs)
                throw new ArgumentException($"Linear [{Inputs} → {Outputs}] expected [rows, {Inputs}], got {x}", nameof(x));
            double[] w = (weight ?? throw Absent("it cannot be applied")).Values;
            double[]? b = bias?.Values;
            var result = new Tokens(x.Rows, Outputs);
            double[] from = x.Array, to = result.Array;
            int down = (x.Rows.Count + RowBlock - 1) / RowBlock, across = (Outputs + ColumnBlock - 1) / ColumnBlock;
            Work.For(down * across, (long)RowBlock * Inputs * Math.Min(ColumnBlock, Outputs), block =>
            {
                int row = block / across * RowBlock, rows = Math.Min(RowBlock, x.Rows.Count - row);
                int column = block % across * ColumnBlock, columns = Math.Min(ColumnBlock, Outputs - column);
                Span<double> part = to.AsSpan((row * Outputs) + column);
                if (b is not null)
                    for (int r = 0; r < rows; r++) b.AsSpan(column, columns).CopyTo(part[(r * Outputs)..]);
                MatrixProduct.AddTo(part, Outputs, from.AsSpan(row * Inputs), Inputs, w.AsSpan(column), Outputs, rows, Inputs, columns);
            });
            Storage.Round(to);
            return result;
        }
    }

    /// <summary>Takes weight and bias in the checkpoint's layout; the arrays are taken over, not copied.</summary>
    /// <exception cref="ArgumentException">
    /// An array has another length than its shape, or a bias is given or missing against <see cref="HasBias"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">It is not <see cref="Present"/>.</exception>
    public void Load(double[] weight, double[]? bias = null)
    {
        if (!Present) throw Absent("it takes no numbers");
        if (bias is not null != HasBias)
            throw new ArgumentException(
                $"Linear [{Inputs} → {Outputs}] has {(HasBias ? "a" : "no")} bias, but {(HasBias ? "none" : "one")} is given",
                nameof(bias));
        this.weight!.Load(weight);
        this.bias?.Load(bias!);
    }

    private InvalidOperationException Absent(string consequence) => new($"Linear [{Inputs} → {Outputs}] is absent: {consequence}");

    private double[] InputsFirst(double[] stored)
    {
        double[] arranged = new double[stored.Length];
        for (int o = 0; o < Outputs; o++)
            for (int i = 0; i < Inputs; i++)
                arranged[(i * Outputs) + o] = stored[(o * Inputs) + i];
        return arranged;
    }
}
