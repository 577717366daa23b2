using KernelForge.Runtime;

namespace KernelForge.Models.Tests.Combinations;

/// <summary>Layers that put the language together anew: compiled, they agree with their own reference run, and a batch changes no bit of a sequence.</summary>
public sealed partial class CombinationTests
{
    private static readonly int[] Lengths = [5, 0, 1, 37, 16, 2, 90];

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_pre_norm_layer_with_a_gated_unit_and_an_alibi_score(string device)
    {
        AlibiGated Make() => new(48, 3, 80);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 48, 1)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Cross_attention_with_grouped_heads(string device)
    {
        CrossGrouped Make() => new(40, 24, 4, 2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 40, 2), Some.Rows([3, 4, 0, 60, 1, 17, 33], 24, 3)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void A_stack_that_changes_with_its_index(string device)
    {
        foreach (int depth in (int[])[0, 1, 2, 5])
            foreach (bool final in (bool[])[false, true])
            {
                Alternating Make() => new(32, 4, depth, 6, final);
                Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 4)));
            }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Two_stacks_of_other_depths_with_stacks_inside_that_may_be_empty(string device)
    {
        foreach (bool gated in (bool[])[false, true])
            foreach ((int first, int second) in ((int, int)[])[(1, 3), (3, 1), (2, 0)])
            {
                TwoStacks Make() => new(24, first, second, gated);
                Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 7)));
            }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Linears_that_only_some_layers_have(string device)
    {
        foreach ((int depth, int every, bool final) in ((int, int, bool)[])[(3, 2, false), (2, 1, true), (0, 1, true)])
        {
            GatedNowAndThen Make() => new(24, depth, every, final);
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 7)));
        }
    }

    [Fact]
    public void A_linear_that_is_applied_where_it_is_absent_is_named_when_weights_are_loaded()
    {
        using var wrong = new GatedNowAndThen(24, depth: 2, every: 2, final: true, careless: true);
        using WeightSource weights = Some.Weights(wrong, 1);
        foreach (Device device in (Device[])[Device.Cpu(1), Device.Reference])
        {
            string message = Assert.Throws<ArgumentException>(() => wrong.LoadWeights(weights, device)).Message;
            Assert.Contains("'layers[i].gate' is applied, and its 'present:' says that it is not there", message, StringComparison.Ordinal);
            Assert.Contains("every = 2", message, StringComparison.Ordinal);
            Assert.Contains("i = 1", message, StringComparison.Ordinal);
        }
        // Nothing is applied where there is no second layer.
        using var right = new GatedNowAndThen(24, depth: 1, every: 2, final: true, careless: true);
        using WeightSource fewer = Some.Weights(right, 1);
        right.LoadWeights(fewer, Device.Cpu(1));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Pooling_gates_and_two_results(string device)
    {
        Pooled Make() => new(27);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 27, 5)).Item1);
        AgreeMatrix(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 27, 5)).Item2);
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Gathered_rows_grouped_sums_and_every_activation(string device)
    {
        using RaggedBatch kinds = RaggedBatch.Pack([.. Lengths.Select((n, s) => Enumerable.Range(0, n).Select(i => (i + s) % 30).ToArray())]);
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            Looked Make() => new(30, 36, 4, new Activation(kind));
            Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 36, 6), kinds));
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Scores_that_read_rows_tables_and_choose(string device)
    {
        Scored Make() => new(32, 2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 32, 7)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Attention_with_one_query_a_sequence(string device)
    {
        PooledByQuery Make() => new(24, 2);
        AgreeMatrix(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 8)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Names_that_generated_programs_use_themselves(string device)
    {
        Awkward.Attention Make() => new(2, 3, 24, 5, 16, 2, 2, 0, 0.5, 5);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 16, 9)));
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Choices_that_the_description_or_its_parameters_fix(string device)
    {
        foreach (NormPlace place in Enum.GetValues<NormPlace>())
            foreach (string kind in (string[])["half", "double", "other"])
            {
                FixedChoices Make() => new(20, place, kind, kind == "half" ? null : 33, kind == "other" ? new(ActivationKind.Silu) : null);
                Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 20, 10)));
            }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Sizes_of_an_array_and_methods_that_the_host_runs(string device)
    {
        HostRun Make() => new([24, 8, 40], ["once", "twice", "twice"], 2);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(Lengths, 24, 12)));
    }

    [Fact]
    public void Hyper_parameters_that_do_not_fit_are_named_when_weights_are_loaded()
    {
        using var layer = new Scored(32, 5);
        using WeightSource weights = Some.Weights(layer, 1);
        string message = Assert.Throws<ArgumentException>(() => layer.LoadWeights(weights, Device.Cpu())).Message;
        Assert.Contains("Scored", message, StringComparison.Ordinal);
        Assert.Contains("hidden must be divisible by heads (hidden = 32, heads = 5)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_do_not_belong_together_are_refused_by_name()
    {
        using var cross = new CrossGrouped(40, 24, 4, 2);
        using WeightSource weights = Some.Weights(cross, 1);
        Assert.Contains("no weights", Assert.Throws<InvalidOperationException>(() => cross.Run(Some.Rows([3], 40, 1), Some.Rows([3], 24, 1))).Message, StringComparison.Ordinal);
        cross.LoadWeights(weights, Device.Cpu(1));
        Assert.Contains("'x' is", Assert.Throws<ArgumentException>(() => cross.Run(Some.Rows([3], 39, 1), Some.Rows([3], 24, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("sequences", Assert.Throws<ArgumentException>(() => cross.Run(Some.Rows([3, 1], 40, 1), Some.Rows([3], 24, 1))).Message, StringComparison.Ordinal);
        using var looked = new Looked(30, 36, 4, new Activation(ActivationKind.Gelu));
        using WeightSource more = Some.Weights(looked, 1);
        looked.LoadWeights(more, Device.Cpu(1));
        using RaggedBatch kinds = RaggedBatch.Pack([[1, 2]]);
        Assert.Contains("same lengths", Assert.Throws<ArgumentException>(() => looked.Run(Some.Rows([3], 36, 1), kinds)).Message, StringComparison.Ordinal);
    }

    private static void Agree<T>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, RaggedMatrix> run)
        where T : ILayer, IDisposable => Agree(device, make, load, run, m => m.Values.ToArray());

    private static void AgreeMatrix<T>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, Matrix> run)
        where T : ILayer, IDisposable => Agree(device, make, load, run, m => m.Values.ToArray());

    private static void Agree<T, TResult>(string device, Func<T> make, Action<T, WeightSource, Device> load, Func<T, TResult> run, Func<TResult, float[]> values)
        where T : ILayer, IDisposable
    {
        using T reference = make(), compiled = make();
        using WeightSource weights = Some.Weights(reference, 11);
        load(reference, weights, Device.Reference);
        load(compiled, weights, Devices.Of(device));
        float[] expected = values(run(reference)), actual = values(run(compiled));
        Assert.Equal(expected.Length, actual.Length);
        double allowed = Devices.Tolerance(device, () =>
        {
            using T again = make();
            load(again, weights, Device.Reference);
            return Difference(expected, values(run(again)));
        });
        string told = $"differs by {Difference(expected, actual):g3}, allowed are {allowed:g3}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        Assert.True(Difference(expected, actual) <= allowed, told);
        Assert.Equal(actual, values(run(compiled)));
    }

    /// <summary>The largest difference, relative to 1 + the expected size.</summary>
    internal static double Difference(float[] expected, float[] actual)
    {
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]) / (1 + Math.Abs(expected[i]));
            if (!(difference <= largest)) largest = double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }
        return largest;
    }
}
