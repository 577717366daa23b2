using KernelForge.Compiler.Kernels;
using KernelForge.Runtime;

namespace KernelForge.Cli.Verification;

/// <summary>Makes the inputs of a run, drawn by a fixed seed: the same on every machine.</summary>
internal sealed class InputMaker(KernelPlan plan, HyperValues values)
{
    private readonly InputLimits limits = new(plan, values);

    public int LongestSequence => limits.LongestSequence;

    /// <summary>One object for each parameter of the entry, all with sequences of these lengths.</summary>
    /// <exception cref="InputException">The width of an input is not known from the configuration.</exception>
    public object[] Make(int[] lengths, int seed)
    {
        var random = new Random(seed);
        object[] made = new object[plan.Inputs.Count];
        for (int i = 0; i < made.Length; i++)
            made[i] = plan.Inputs[i].Kind == InputKind.Tokens ? Rows(plan.Inputs[i], lengths, random) : Ids(i, lengths, random);
        return made;
    }

    /// <summary>The same inputs, of one sequence alone.</summary>
    public static object[] Alone(object[] inputs, int sequence) => [.. inputs.Select(input => input switch
    {
        RaggedBatch b => (object)RaggedBatch.Pack([b.Sequence(sequence).ToArray()], [Slice(b.Types, b.Offsets, sequence)]),
        RaggedMatrix m => Copy(m, sequence),
        _ => throw new NotSupportedException(input.GetType().Name),
    })];

    private RaggedBatch Ids(int input, int[] lengths, Random random)
    {
        int[][] Draw(int most) => [.. lengths.Select(length => Enumerable.Range(0, length).Select(_ => random.Next(most + 1)).ToArray())];
        return RaggedBatch.Pack(Draw(limits.Largest(input, types: false)), Draw(limits.Largest(input, types: true)));
    }

    private RaggedMatrix Rows(PlanInput input, int[] lengths, Random random)
    {
        int columns = values.Of(input.Columns) ?? throw new InputException(
            $"the width of '{input.Name}', {input.Columns}, is not known from the configuration, so that no rows can be made for it");
        var rows = new RaggedMatrix(lengths, columns);
        foreach (ref float value in rows.Values) value = (random.NextSingle() - 0.5f) * 3.46f; // a variance of 1
        return rows;
    }

    private static int[] Slice(ReadOnlySpan<int> values, ReadOnlySpan<int> offsets, int sequence) =>
        values[offsets[sequence]..offsets[sequence + 1]].ToArray();

    private static RaggedMatrix Copy(RaggedMatrix matrix, int sequence)
    {
        Span<float> values = matrix.Sequence(sequence);
        var copy = new RaggedMatrix([matrix.Offsets[sequence + 1] - matrix.Offsets[sequence]], matrix.Columns);
        values.CopyTo(copy.Values);
        return copy;
    }
}
