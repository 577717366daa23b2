namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>A product with a bias, for all element types, sizes that fit no tile and views among other columns, against doubles.</summary>
public sealed class GemmSizeTests
{
    // Every width on either side, each in unequal company.
    private static readonly (int Columns, int Inner)[] sizes = [(1, 33), (7, 1), (8, 100), (31, 8), (33, 31), (100, 7)];

    // First column, columns, and columns behind them: whole vectors; ends within one; begins within one; a narrow one that ends its buffer.
    private static readonly (int Start, int Columns, int Following)[] views = [(8, 40, 8), (16, 37, 2), (3, 33, 5), (7, 2, 0)];

    public static TheoryData<string, int, int> Sizes { get; } =
        [.. ElementType.All.SelectMany(_ => sizes, (type, size) => (type.Name, size.Columns, size.Inner))];

    public static TheoryData<string, int, int, int> Views { get; } =
        [.. ElementType.All.SelectMany(_ => views, (type, view) => (type.Name, view.Start, view.Columns, view.Following))];

    [Theory, MemberData(nameof(Sizes))]
    public void A_product_of_any_size_is_right_for_any_number_of_rows(string element, int columns, int inner)
    {
        ElementType type = ElementType.Named(element);
        Check(new(type, inner), new(type, columns), 0, 1, 63, 130);
    }

    [Theory, InlineData("f16", 500), InlineData("tf32", 300), InlineData("float", 300)]
    public void A_pipeline_goes_round_several_times(string element, int inner)
    {
        ElementType type = ElementType.Named(element);
        Check(new(type, inner), new(type, 40), 65);
    }

    [Theory, MemberData(nameof(Views))]
    public void A_view_is_read_without_what_lies_beside_it(string element, int start, int columns, int following)
    {
        ElementType type = ElementType.Named(element);
        Check(new(type, columns, start, following), new(type, 13), 65);
    }

    [Theory, MemberData(nameof(Views))]
    public void A_view_is_written_without_what_lies_beside_it(string element, int start, int columns, int following)
    {
        ElementType type = ElementType.Named(element);
        Check(new(type, 9), new(type, columns, start, following), 65);
    }

    private static void Check(BufferView input, BufferView output, params ReadOnlySpan<int> rowCounts)
    {
        ElementType element = input.Element;
        var numbers = new Numbers(element, seed: input.Columns * 1000 + output.Columns);
        float[][] weight = numbers.Weight(output.Columns, input.Columns);
        float[] bias = numbers.Some(output.Columns);
        List<float[]?> packed = PackedWeight.Blocks(weight);
        byte[] packedWeight = element.Store(PackedWeight.Pack(packed, input.Columns));
        using var kernel = new GemmKernel(element, GemmTile.Small, GemmTexts.Bias, packed.Count,
            [.. input.Definitions("IN"), .. output.Definitions("OUT")], seed: input.Columns);
        foreach (int rows in rowCounts)
        {
            float[] x = numbers.Some(rows * input.Columns);
            byte[][] inputs = [input.Hold(x), packedWeight, new BufferView(element, output.Columns).Hold(bias)];
            byte[] written = kernel.Run(rows, inputs, output.Poisoned(rows + 3))[0];
            Assert.Empty(kernel.Findings);

            (double[] expected, double[] errors) = numbers.Product(x, weight);
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] += bias[i % output.Columns];
                errors[i] += Math.ScaleB(Math.Abs(expected[i]) + errors[i], -24); // the addition
            }
            numbers.Compare(expected, errors, output.Values(written, rows), $"{rows} rows");
        }
    }
}
