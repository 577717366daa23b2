using System.Collections.Immutable;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Several linears of one shape, of which each row takes one: the experts of a mixture. The checkpoint has a tensor for each where the
/// weight's name has <c>{e}</c> (<c>experts.{e}.w1</c>), with the shapes of a <see cref="Linear"/>; else all of them in one,
/// <c>[count, outputs, inputs]</c> (or transposed <c>[count, inputs, outputs]</c>) under <c>….weight</c> and <c>[count, outputs]</c> under
/// <c>….bias</c>.
/// </summary>
public sealed class LinearBank
{
    private readonly StoredTensor weight;
    private readonly StoredTensor? bias;

    /// <summary>Allocates nothing until the weights are loaded.</summary>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public LinearBank(int count, int inputs, int outputs, bool bias = true, bool transposed = false)
    {
        string description = $"LinearBank [{count} × {inputs} → {outputs}]";
        if (count < 1 || inputs < 1 || outputs < 1) throw new ArgumentException($"{description}: all three are at least 1");
        Count = count;
        Inputs = inputs;
        Outputs = outputs;
        Transposed = transposed;
        ImmutableArray<int> shape = transposed ? [count, inputs, outputs] : [count, outputs, inputs];
        weight = new StoredTensor(description, shape, transposed ? null : InputsFirst);
        if (bias) this.bias = new StoredTensor($"bias of {description}", [count, outputs]);
    }

    /// <summary>How many linears there are.</summary>
    public int Count { get; }

    /// <summary>The features each of them reads.</summary>
    public int Inputs { get; }

    /// <summary>The features each of them gives.</summary>
    public int Outputs { get; }

    /// <summary>Whether they have biases.</summary>
    public bool HasBias => bias is not null;

    /// <summary>Whether the checkpoint stores each weight as <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; }

    internal StoredTensor Weight => weight;

    internal StoredTensor? Bias => bias;

    /// <summary>
    /// Applies to each row the linear whose number <paramref name="expert"/> has there: <c>[rows, outputs]</c>. A row with a number that is
    /// none of 0 … <see cref="Count"/> − 1 gets zeros.
    /// </summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="expert"><c>[rows, 1]</c>, with the rows of <paramref name="x"/>: whole numbers, such as those of <c>TopK</c>.</param>
    /// <exception cref="ArgumentException">A shape or the rows do not fit.</exception>
    /// <exception cref="InvalidOperationException">The weights are not loaded.</exception>
    public Tokens this[Tokens x, Tokens expert]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(x);
            ArgumentNullException.ThrowIfNull(expert);
            if (x.Features != Inputs) throw new ArgumentException($"{this} expected [rows, {Inputs}], got {x}", nameof(x));
            if (expert.Features != 1 || !ReferenceEquals(expert.Rows, x.Rows))
                throw new ArgumentException($"{this} expected the number of a linear for each row of {x}, got {expert}", nameof(expert));
            double[] w = weight.Values;
            double[]? b = bias?.Values;
            var result = new Tokens(x.Rows, Outputs);
            double[] to = result.Array;
            Work.For(x.Rows.Count, (long)Inputs * Outputs, row =>
            {
                double number = expert.Array[row];
                if (!(number >= 0 && number < Count) || number != Math.Floor(number)) return;
                int e = (int)number;
                Span<double> part = to.AsSpan(row * Outputs, Outputs);
                b?.AsSpan(e * Outputs, Outputs).CopyTo(part);
                ReadOnlySpan<double> from = x.Array.AsSpan(row * Inputs, Inputs);
                MatrixProduct.AddTo(part, Outputs, from, Inputs, w.AsSpan(e * Inputs * Outputs), Outputs, 1, Inputs, Outputs);
            });
            Storage.Round(to);
            return result;
        }
    }

    /// <summary>Takes weights and biases in the layout of one stacked tensor; the arrays are taken over, not copied.</summary>
    /// <exception cref="ArgumentException">
    /// An array has another length than its shape, or a bias is given or missing against <see cref="HasBias"/>.
    /// </exception>
    public void Load(double[] weight, double[]? bias = null)
    {
        if (bias is not null != HasBias)
            throw new ArgumentException(
                $"{this} has {(HasBias ? "a" : "no")} bias, but {(HasBias ? "none" : "one")} is given", nameof(bias));
        this.weight.Load(weight);
        this.bias?.Load(bias!);
    }

    /// <summary>Count and widths, as messages name it: <c>LinearBank [8 × 128 → 256]</c>.</summary>
    public override string ToString() => $"LinearBank [{Count} × {Inputs} → {Outputs}]";

    private double[] InputsFirst(double[] stored)
    {
        double[] arranged = new double[stored.Length];
        for (int e = 0; e < Count; e++)
            for (int o = 0; o < Outputs; o++)
                for (int i = 0; i < Inputs; i++)
                    arranged[(((e * Inputs) + i) * Outputs) + o] = stored[(((e * Outputs) + o) * Inputs) + i];
        return arranged;
    }
}
