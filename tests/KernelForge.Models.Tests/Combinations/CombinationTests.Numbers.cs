using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Models.Tests.Combinations;

public sealed partial class CombinationTests
{
    /// <summary>
    /// Values are whole numbers of a few bits, exact in every element, so that one wrong position is a wrong result; positions are not.
    /// </summary>
    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Whole_numbers_beyond_the_bits_of_an_element_stay_what_they_are(string device)
    {
        const int hidden = 8, kinds = 2100;
        int[] lengths = [2100, 0, 2060, 300, 5, 1];
        var random = new Random(5);
        RaggedMatrix x = new(lengths, hidden), given = new(lengths, 2);
        foreach (ref float v in x.Values) v = random.Next(-8, 9);
        for (int s = 0; s < lengths.Length; s++)
            foreach (ref float at in given.Sequence(s)) at = random.Next(lengths[s]);

        float[] diagonals = [.. Enumerable.Range(0, kinds * hidden * hidden).Select(i =>
            i % (hidden * hidden) % (hidden + 1) == 0 ? (float)((i / (hidden * hidden) % 13) + 1) : 0)];
        byte[] weights = new SafetensorsBytes().Add("bank.weight", [kinds, hidden, hidden], diagonals).Add("zero", [2], [0, 0]).ToArray();
        float[][] expected = Run(Device.Reference), actual = Run(Devices.Of(device));
        for (int output = 0; output < expected.Length; output++) Assert.Equal(expected[output], actual[output]);

        float[][] Run(Device on)
        {
            using var layer = new Numbered(hidden, kinds);
            using WeightSource source = WeightSource.FromMemory(weights);
            layer.LoadWeights(source, on);
            (RaggedMatrix turned, RaggedMatrix read, Matrix chosen, Matrix largest) = layer.Run(x, given);
            return [turned.Values.ToArray(), read.Values.ToArray(), chosen.Values.ToArray(), largest.Values.ToArray()];
        }
    }

    [Theory]
    [MemberData(nameof(Devices.Compiled), MemberType = typeof(Devices))]
    public void Integers_that_tables_do_not_have_are_told_before_the_run(string device)
    {
        TableReads Make() => new(12, 8, 20);
        int[] lengths = [5, 0, 20];
        using RaggedBatch kinds = RaggedBatch.Pack([.. lengths.Select(n => Enumerable.Range(0, n).Select(i => i % 6).ToArray())]);
        Agree(device, Make, (l, s, d) => l.LoadWeights(s, d), l => l.Run(Some.Rows(lengths, 12, 3), kinds));

        using TableReads layer = Make();
        using WeightSource weights = Some.Weights(layer, 1);
        layer.LoadWeights(weights, Devices.Of(device));
        using RaggedBatch beyond = RaggedBatch.Pack([[5], [0, 6]]), tooLong = RaggedBatch.Pack([[5], new int[21]]);
        string kind = Assert.Throws<ArgumentException>(() => layer.Run(Some.Rows([1, 2], 12, 3), beyond)).Message;
        Assert.Contains("sequence 1, token 1: 'kinds' is 6, and 'table' has rows 0 to 7 (its row would be 8)", kind, StringComparison.Ordinal);
        string position = Assert.Throws<ArgumentException>(() => layer.Run(Some.Rows([1, 21], 12, 3), tooLong)).Message;
        Assert.Contains("sequence 1", position, StringComparison.Ordinal);
        Assert.Contains("'positions'", position, StringComparison.Ordinal);
    }
}
