using System.Reflection;

namespace KernelForge.Tests;

/// <summary>Values to compute with: the same ones in every run.</summary>
internal static class Some
{
    /// <summary>Numbers in −1…1.</summary>
    public static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        double[] numbers = new double[count];
        for (int n = 0; n < count; n++) numbers[n] = (2 * random.NextDouble()) - 1;
        return numbers;
    }

    public static Tokens Tokens(RowSpace rows, int features, int seed) => new(rows, features, Numbers(rows.Count * features, seed));

    /// <summary>A value of one sequence, given row after row.</summary>
    public static Tokens Rows(params double[][] rows) =>
        new(RowSpace.Ragged(rows.Length), rows[0].Length, [.. rows.SelectMany(row => row)]);

    public static Parameter Parameter(params double[] values)
    {
        var parameter = new Parameter(values.Length);
        parameter.Load(values);
        return parameter;
    }

    public static Linear Linear(int inputs, int outputs, int seed, bool bias = true)
    {
        var linear = new Linear(inputs, outputs, bias);
        linear.Load(Numbers(inputs * outputs, seed), bias ? Numbers(outputs, seed + 1) : null);
        return linear;
    }

    /// <summary>Loads a parameter that a layer keeps to itself.</summary>
    public static void Load(object layer, string field, params double[] values)
    {
        object? parameter = layer.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(layer);
        ((Parameter)parameter!).Load(values);
    }
}
