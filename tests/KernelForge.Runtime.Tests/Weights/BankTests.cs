using KernelForge.TestData;

namespace KernelForge.Runtime.Tests.Weights;

public sealed class BankTests
{
    private sealed class Experts(params string[] names) : ILayer
    {
        public LinearBank Up { get; } = new(3, 2, 4);

        public void DescribeWeights(WeightSlots slots) => slots.Add("up", Up, names);
    }

    [Fact]
    public void A_tensor_for_each_linear_and_all_in_one_are_the_same_bank()
    {
        float[] weight = [.. Enumerable.Range(1, 24).Select(n => n / 8f)], bias = [.. Enumerable.Range(1, 12).Select(n => (float)n)];
        var apart = new SafetensorsBytes();
        for (int e = 0; e < 3; e++)
        {
            apart.Add($"model.experts.{e}.up.weight", [4, 2], weight[(e * 8)..((e + 1) * 8)]);
            apart.Add($"model.experts.{e}.up.bias", [4], bias[(e * 4)..((e + 1) * 4)]);
        }
        byte[] together = new SafetensorsBytes().Add("up.weight", [3, 4, 2], weight).Add("up.bias", [3, 4], bias).ToArray();
        Experts one = new("experts.{e}.up"), other = new("up");
        Assert.Equal("model.", Loaded(one, apart.ToArray()).Prefix);
        Loaded(other, together);
        var x = new Tokens(RowSpace.Ragged(3), 2, [1, 2, 3, 4, 5, 6]);
        var numbers = new Tokens(x.Rows, 1, [2, 0, 1]);
        Assert.Equal(other.Up[x, numbers].Values, one.Up[x, numbers].Values);
        Assert.Equal(weight[16] + (2 * weight[17]) + bias[8], one.Up[x, numbers].Values[0]);

        LoadedWeights Loaded(Experts model, byte[] file)
        {
            using WeightSource weights = WeightSource.FromMemory(file);
            LoadedWeights loaded = LoadedWeights.Resolve(model, weights);
            Assert.Equal(weight, loaded.Read("up.weight"));
            var destination = new float[12];
            loaded.Read("up.bias", destination);
            Assert.Equal(bias, destination);
            Assert.Empty(loaded.Unused);
            loaded.FillReference();
            return loaded;
        }
    }

    [Fact]
    public void The_linears_that_are_missing_misshapen_or_too_many_are_named()
    {
        SafetensorsBytes file = new SafetensorsBytes()
            .Add("experts.0.up.weight", [4, 2], new float[8]).Add("experts.2.up.weight", [2, 4], new float[8])
            .Add("experts.3.up.weight", [4, 2], new float[8]);
        for (int e = 0; e < 3; e++) file.Add($"experts.{e}.up.bias", [1, 4], new float[4]);
        using WeightSource weights = WeightSource.FromMemory(file.ToArray(), "test.safetensors");
        WeightException e1 = Assert.Throws<WeightException>(
            () => LoadedWeights.Resolve(new Experts("mixture.{e}", "experts.{e}.up"), weights));
        Assert.Equal("""
            test.safetensors does not fit Experts
              missing (1):
                up.weight [4, 2]: there is no 'experts.1.up.weight'
              misshapen (1):
                experts.2.up.weight: F32 [2, 4], but up.weight takes [4, 2] of real numbers: as many, but divided otherwise
              in the file but not in the description (1):
                experts.3.up.weight: F32 [4, 2]
            """.ReplaceLineEndings("\n"), e1.Message);
        WeightException none = Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Experts("mixture.{e}"), weights));
        Assert.Contains("up.weight [3, 4, 2]: there is no 'mixture.{e}.weight'", none.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 12, 2 }, false)]
    [InlineData(new[] { 3, 8 }, false)]
    [InlineData(new[] { 3, 2, 4 }, false)]
    [InlineData(new[] { 3, 4, 2, 1 }, true)]
    public void A_stacked_tensor_keeps_linears_and_outputs_apart(int[] sides, bool fits)
    {
        byte[] file = new SafetensorsBytes().Add("up.weight", sides, new float[24]).Add("up.bias", [3, 4], new float[12]).ToArray();
        using WeightSource weights = WeightSource.FromMemory(file);
        if (fits) Assert.Equal(24, LoadedWeights.Resolve(new Experts(), weights).Read("up.weight").Length);
        else Assert.Throws<WeightException>(() => LoadedWeights.Resolve(new Experts(), weights));
    }
}
