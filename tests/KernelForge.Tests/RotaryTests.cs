namespace KernelForge.Tests;

public class RotaryTests
{
    private static readonly RowSpace Rows = RowSpace.Ragged(4, 0, 3);

    [Fact]
    public void Angles_are_positions_times_falling_frequencies()
    {
        Tokens cos = RotaryCos(Rows, 6, 100), sin = RotarySin(Rows, 6, 100);
        int[] positions = [0, 1, 2, 3, 0, 1, 2];
        double[] angles = [.. positions.SelectMany(p => new[] { p, p / Math.Pow(100, 1 / 3.0), p / Math.Pow(100, 2 / 3.0) })];
        Close.To([.. angles.Select(Math.Cos)], cos);
        Close.To([.. angles.Select(Math.Sin)], sin);
    }

    [Fact]
    public void Frequencies_are_those_of_a_model_that_was_cast_to_float16()
    {
        Tokens cos = RotaryCos(Rows, 6, 100, float16: true), sin = RotarySin(Rows, 6, 100, float16: true);
        for (int f = 0; f < 3; f++)
        {
            double frequency = (double)(Half)Math.Pow(100, -f / 3.0);
            Assert.Equal(Math.Cos(3 * frequency), cos.Values[(3 * 3) + f]);
            Assert.Equal(Math.Sin(3 * frequency), sin.Values[(3 * 3) + f]);
        }
        Assert.True(Math.Abs(cos.Values[10] - RotaryCos(Rows, 6, 100).Values[10]) > 1e-5);
    }

    [Fact]
    public void An_odd_number_of_features_ends_with_half_a_pair()
    {
        Tokens cos = RotaryCos(Rows, 5, 100), sin = RotarySin(Rows, 5, 100);
        int[] positions = [0, 1, 2, 3, 0, 1, 2];
        double[] angles = [.. positions.SelectMany(p => new[] { p, p * Math.Pow(100, -2 / 5.0), p * Math.Pow(100, -4 / 5.0) })];
        Close.To([.. angles.Select(Math.Cos)], cos);
        Close.To([.. angles.Select(Math.Sin)], sin);
    }

    [Theory]
    [InlineData(false, 8)]
    [InlineData(true, 8)]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    public void Pairs_of_each_head_are_rotated_and_the_rest_stays(bool interleaved, int dims)
    {
        const int Heads = 3, HeadDim = 8;
        Tokens x = Some.Tokens(Rows, Heads * HeadDim, seed: 1);
        Tokens cos = RotaryCos(Rows, dims, 10000), sin = RotarySin(Rows, dims, 10000);
        double[] expected = x.Values.ToArray();
        for (int row = 0; row < Rows.Count; row++)
        {
            for (int pair = 0; pair < Heads * dims / 2; pair++)
            {
                int n = pair % (dims / 2), head = (row * Heads * HeadDim) + (pair / (dims / 2) * HeadDim);
                (int a, int b) = interleaved ? (head + (2 * n), head + (2 * n) + 1) : (head + n, head + n + (dims / 2));
                double c = cos.Values[(row * dims / 2) + n], s = sin.Values[(row * dims / 2) + n];
                (expected[a], expected[b]) = ((expected[a] * c) - (expected[b] * s), (expected[b] * c) + (expected[a] * s));
            }
        }
        Close.To(expected, Rotate(x, cos, sin, Heads, interleaved));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Tokens x = Some.Tokens(Rows, 6, seed: 1), cos = RotaryCos(Rows, 4, 100), sin = RotarySin(Rows, 4, 100);
        Refuses.With<ArgumentException>("the 6 features of [7 tokens, 6] do not divide into 4 groups", () => Rotate(x, cos, sin, 4));
        Tokens other = RotaryCos(RowSpace.Ragged(4, 0, 3), 6, 100);
        Refuses.With<ArgumentException>("[7 tokens, 3] cannot be read at row 0", () => Rotate(x, other, other, 1));
    }
}
