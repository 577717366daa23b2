using KernelForge.Models.Generation;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>
/// How a token is chosen by its score: hand-computed cases, and many draws against the distribution that they are meant to have.
/// </summary>
public sealed class SamplingTests
{
    private const int Draws = 20_000;

    private static readonly float[] logits = [1.5f, -0.5f, 0.25f, 2, float.NegativeInfinity, 0.25f, -3, 1];

    private static readonly GenerationOptions drawn = new() { Sample = true, TopK = 0 };

    [Fact]
    public void Without_drawing_the_greatest_score_is_taken_and_of_equal_ones_the_lowest_id()
    {
        Assert.Equal(3, TokenSampler.Choose(logits, new GenerationOptions(), 0));
        Assert.Equal(1, TokenSampler.Choose([0, 7, 7, 3], new GenerationOptions(), 0));
        Refuses.With<InvalidOperationException>("no token", () => TokenSampler.Choose([float.NegativeInfinity], drawn, 0));
    }

    [Fact]
    public void Draws_have_the_probabilities_of_the_softmax() => Compare(drawn, Softmax(1, id => true));

    [Theory]
    [InlineData(0.5f)]
    [InlineData(2f)]
    public void Draws_at_a_temperature_have_the_probabilities_of_the_divided_logits(float temperature) =>
        Compare(drawn with { Temperature = temperature }, Softmax(temperature, id => true));

    [Fact]
    public void Draws_of_the_most_probable_tokens_have_their_probabilities_among_each_other() =>
        Compare(drawn with { TopK = 3 }, Softmax(1, id => id is 3 or 0 or 7));

    [Fact]
    public void A_token_that_is_as_probable_as_the_last_of_the_most_probable_ones_is_drawn_too() =>
        Compare(drawn with { TopK = 4 }, Softmax(1, id => id is 3 or 0 or 7 or 2 or 5));

    [Fact]
    public void Draws_of_a_nucleus_have_their_probabilities_among_each_other()
    {
        // e^2, e^1.5, e^1 = 7.389, 4.482, 2.718 of 17.814 in all: 0.415, 0.666, 0.819.
        Compare(drawn with { TopP = 0.68f }, Softmax(1, id => id is 3 or 0 or 7));
        Compare(drawn with { TopP = 0.64f }, Softmax(1, id => id is 3 or 0));
        Compare(drawn with { TopP = 0.01f }, Softmax(1, id => id is 3));
    }

    [Fact]
    public void A_nucleus_is_taken_of_the_tempered_probabilities_of_the_most_probable_ones()
    {
        // At 2: e^1, e^0.75, e^0.5 = 2.718, 2.117, 1.649 of 6.484: 0.419, 0.746. Of all tokens two would have 0.546 only.
        Compare(drawn with { TopK = 3, TopP = 0.74f, Temperature = 2 }, Softmax(2, id => id is 3 or 0));
    }

    [Fact]
    public void A_nucleus_of_a_flat_distribution_reaches_far_into_a_large_vocabulary()
    {
        float[] flat = [.. Enumerable.Range(0, 5000).Select(id => id % 7 * 1e-3f)];
        double[] weights = [.. flat.Select(x => Math.Exp(x))];
        int[] order = [.. Enumerable.Range(0, flat.Length).OrderByDescending(id => flat[id]).ThenBy(id => id)];
        double sum = 0, all = weights.Sum();
        int[] expected = [.. order.TakeWhile(id => (sum += weights[id]) - weights[id] < 0.8 * all)];
        Assert.InRange(expected.Length, 3900, 4000);
        Assert.Equal(expected, Candidates.Nucleus(flat, null, x => Math.Exp(x), 0.8));
    }

    [Fact]
    public void The_largest_of_many_are_those_of_a_sort()
    {
        var random = new Random(3);
        float[] scores = [.. Enumerable.Range(0, 3000).Select(_ => random.Next(400) / 7f)];
        foreach (int count in (int[])[1, 50, 512, 513, 2999, 3000])
        {
            float least = scores.OrderDescending().ElementAt(count - 1);
            IEnumerable<int> expected = Enumerable.Range(0, 3000).Where(id => scores[id] >= least);
            expected = expected.OrderByDescending(id => scores[id]).ThenBy(id => id);
            Assert.Equal(expected, Candidates.Largest(scores, count));
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_one_others()
    {
        int[] Drawn(ulong seed) => [.. Enumerable.Range(0, 50).Select(i => TokenSampler.Choose(logits, drawn with { Seed = seed }, i))];
        Assert.Equal(Drawn(5), Drawn(5));
        Assert.NotEqual(Drawn(5), Drawn(6));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ulong.MaxValue)]
    public void Numbers_of_a_seed_and_first_numbers_of_many_seeds_are_spread_evenly(ulong seed)
    {
        var counts = new int[2, 64];
        for (int i = 0; i < Draws; i++)
        {
            counts[0, (int)(Models.Generation.Draws.At(seed, i) * 64)]++;
            counts[1, (int)(Models.Generation.Draws.At(seed - (ulong)i, 0) * 64)]++;
        }
        double[] even = [.. Enumerable.Repeat(1 / 64.0, 64)];
        for (int row = 0; row < 2; row++) AssertDistribution(even, [.. Enumerable.Range(0, 64).Select(i => counts[row, i])]);
    }

    [Fact]
    public void Log_probabilities_are_those_of_the_softmax()
    {
        var random = new Random(4);
        float Logit(int i) => i % 11 == 0 ? float.NegativeInfinity : (float)(random.NextDouble() * 60 - 30);
        float[] many = [.. Enumerable.Range(0, 1003).Select(Logit)];
        double expected = Math.Log(many.Sum(x => Math.Exp(x)));
        Assert.Equal(expected, LogSums.Of(many), 6);
        Assert.Equal(-1e30f, LogSums.Of([-1e30f, float.NegativeInfinity]));
        Refuses.With<InvalidOperationException>("NaN", () => LogSums.Of([0, float.NaN, 3]));
        Refuses.With<InvalidOperationException>("logit that is", () => LogSums.Of([0, float.PositiveInfinity]));
        Refuses.With<InvalidOperationException>("no token", () => LogSums.Of([float.NegativeInfinity]));
    }

    private static double[] Softmax(double temperature, Func<int, bool> kept)
    {
        double[] weights = [.. logits.Select((x, id) => kept(id) ? Math.Exp(x / temperature) : 0)];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    private static void Compare(GenerationOptions options, double[] expected)
    {
        var counts = new int[expected.Length];
        for (int i = 0; i < Draws; i++) counts[TokenSampler.Choose(logits, options with { Seed = 11 }, i)]++;
        AssertDistribution(expected, counts);
    }

    /// <summary>Pearson's chi-square, below what one in a million right ones exceeds (Wilson and Hilferty's approximation).</summary>
    private static void AssertDistribution(double[] expected, int[] counts)
    {
        double statistic = 0;
        int total = counts.Sum(), freedom = expected.Count(p => p > 0) - 1;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] == 0) Assert.Equal(0, counts[i]);
            else statistic += Math.Pow(counts[i] - total * expected[i], 2) / (total * expected[i]);
        }
        double limit = freedom * Math.Pow(1 - 2.0 / (9 * Math.Max(freedom, 1)) + 4.75 * Math.Sqrt(2.0 / (9 * Math.Max(freedom, 1))), 3);
        Assert.True(statistic <= limit, $"chi-square is {statistic:g4} at {freedom} degrees of freedom, the limit is {limit:g4}");
    }
}
