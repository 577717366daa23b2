namespace KernelForge.Cuda.Tests.Gemm;

/// <summary>What becomes of a product's sums before they are stored: activation and residual, several blocks, a gate.</summary>
public sealed class GemmEpilogueTests
{
    private const int Rows = 67;

    public static TheoryData<string> Elements { get; } = [.. ElementType.All.Select(element => element.Name)];

    [Theory, MemberData(nameof(Elements))]
    public void Bias_activation_and_residual_are_computed_in_the_store(string element)
    {
        ElementType type = ElementType.Named(element);
        BufferView input = new(type, 40), output = new(type, 70), residual = new(type, 70, Start: 5, Following: 1);
        var numbers = new Numbers(type, seed: 1);
        float[] x = numbers.Some(Rows * 40), bias = numbers.Some(70), added = numbers.Some(Rows * 70);
        float[][] weight = numbers.Weight(70, 40);
        byte[] written = Run(GemmTexts.Residual, PackedWeight.Blocks(weight), input, x, [("OUT", output), ("RES", residual)],
            [new BufferView(type, 70).Hold(bias), residual.Hold(added)], output)[0];

        // |gelu'| <= 1.13, gelu_erf errs by 4e-7 |x|; two additions, half a unit in the last place each.
        (double[] expected, double[] errors) = numbers.Product(x, weight);
        for (int i = 0; i < expected.Length; i++)
        {
            double sum = expected[i] + bias[i % 70];
            expected[i] = added[i] + sum * 0.5 * (1 + KernelForge.Ops.Erf(sum / Math.Sqrt(2)));
            errors[i] = 1.13 * (errors[i] + Math.ScaleB(Math.Abs(sum), -23)) + 4e-7 * Math.Abs(sum);
            errors[i] += Math.ScaleB(Math.Abs(expected[i]), -23);
        }
        numbers.Compare(expected, errors, output.Values(written, Rows), "residual + gelu");
    }

    [Theory, MemberData(nameof(Elements))]
    public void Three_products_of_one_input_lie_side_by_side(string element)
    {
        ElementType type = ElementType.Named(element);
        var input = new BufferView(type, 21);
        BufferView[] outputs = [new(type, 33, Start: 8, Following: 3), new(type, 7, Start: 3, Following: 2), new(type, 70)];
        var numbers = new Numbers(type, seed: 2);
        float[] x = numbers.Some(Rows * 21);
        float[][][] weights = [.. outputs.Select(output => numbers.Weight(output.Columns, 21))];
        float[][] biases = [.. outputs.Select(output => numbers.Some(output.Columns))];
        byte[][] written = Run(GemmTexts.Blocks, PackedWeight.Blocks(weights), input, x,
            [("Q", outputs[0]), ("K", outputs[1]), ("V", outputs[2])],
            [.. biases.Select(bias => new BufferView(type, bias.Length).Hold(bias))], outputs);

        for (int block = 0; block < 3; block++)
        {
            (double[] expected, double[] errors) = numbers.Product(x, weights[block]);
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] += biases[block][i % outputs[block].Columns];
                errors[i] += Math.ScaleB(Math.Abs(expected[i]) + errors[i], -24);
            }
            numbers.Compare(expected, errors, outputs[block].Values(written[block], Rows), $"block {block}");
        }
    }

    public static TheoryData<string, int, int, int> GateViews { get; } =
    [
        .. ElementType.All.SelectMany(
            _ => ((int, int, int)[])[(0, 3, 0), (0, 18, 0), (8, 22, 3), (2, 25, 1)], (type, v) => (type.Name, v.Item1, v.Item2, v.Item3)),
    ];

    [Theory, MemberData(nameof(GateViews))]
    public void A_gate_and_what_it_gates_meet_in_one_thread(string element, int start, int columns, int following)
    {
        ElementType type = ElementType.Named(element);
        BufferView input = new(type, 30), output = new(type, columns, start, following);
        var numbers = new Numbers(type, seed: 3);
        float[] x = numbers.Some(Rows * 30), gateBias = numbers.Some(columns), upBias = numbers.Some(columns);
        float[][] gate = numbers.Weight(columns, 30), up = numbers.Weight(columns, 30);
        byte[] written = Run(GemmTexts.Gate, PackedWeight.Pair(gate, up), input, x, [("OUT", output)],
            [new BufferView(type, columns).Hold(gateBias), new BufferView(type, columns).Hold(upBias)], output)[0];

        // |silu'| <= 1.1, silu errs by 2^-20 |x|; the product of two numbers with errors.
        (double[] expected, double[] errors) = numbers.Product(x, gate);
        (double[] factors, double[] factorErrors) = numbers.Product(x, up);
        for (int i = 0; i < expected.Length; i++)
        {
            double sum = expected[i] + gateBias[i % columns], factor = factors[i] + upBias[i % columns];
            double silu = sum / (1 + Math.Exp(-sum));
            double siluError = 1.1 * (errors[i] + Math.ScaleB(Math.Abs(sum), -23)) + Math.ScaleB(Math.Abs(sum), -20);
            double factorError = factorErrors[i] + Math.ScaleB(Math.Abs(factor), -23);
            expected[i] = silu * factor;
            errors[i] = siluError * Math.Abs(factor) + (Math.Abs(silu) + siluError) * factorError + Math.ScaleB(Math.Abs(expected[i]), -23);
        }
        numbers.Compare(expected, errors, output.Values(written, Rows), "silu(gate) * up");
    }

    private static byte[][] Run(string text, List<float[]?> packed, BufferView input, float[] x, (string Name, BufferView View)[] views,
        byte[][] operands, params ReadOnlySpan<BufferView> outputs)
    {
        byte[] weight = input.Element.Store(PackedWeight.Pack(packed, input.Columns));
        IEnumerable<string> definitions = [.. input.Definitions("IN"), .. views.SelectMany(view => view.View.Definitions(view.Name))];
        var buffers = new byte[outputs.Length][];
        for (int i = 0; i < buffers.Length; i++) buffers[i] = outputs[i].Poisoned(Rows + 1);
        using var kernel = new GemmKernel(input.Element, GemmTile.Small, text, packed.Count, definitions);
        byte[][] written = kernel.Run(Rows, [input.Hold(x), weight, .. operands], buffers);
        Assert.Empty(kernel.Findings);
        return written;
    }
}
