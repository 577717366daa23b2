using System.Globalization;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>
/// A run as several, each on some of the sequences: what one kernel writes is then still in the caches when the next reads it. Results do not
/// depend on it, for no row's bits depend on other sequences.
/// </summary>
internal sealed class RunParts
{
    private RunInput[] inputs = [];
    private RunOutput[] outputs = [];
    private int[][] offsets = [];

    /// <summary>
    /// Rows of a part, for each thread: few enough for the third-level cache to hold what a layer hands on, and many enough for the weights,
    /// which come from memory for every part, to cost nothing beside them. A host sets another number by the configuration option
    /// <c>KernelForge.Cpu.RowsPerThread</c>.
    /// </summary>
    public static readonly int RowsPerThread =
        int.TryParse(AppContext.GetData("KernelForge.Cpu.RowsPerThread") as string, CultureInfo.InvariantCulture, out int rows) && rows > 0 ? rows : 160;

    public ReadOnlySpan<RunInput> Inputs => inputs;

    public ReadOnlySpan<RunOutput> Outputs => outputs;

    /// <summary>Into how many parts a run is best cut: 1 where it is small, or where its inputs and outputs are not of the same sequences.</summary>
    public static int Count(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, int threads)
    {
        if (inputs.IsEmpty) return 1;
        int rows = 0;
        foreach (RunInput input in inputs)
        {
            if (input.SequenceCount != inputs[0].SequenceCount) return 1;
            rows = Math.Max(rows, input.RowCount);
        }
        foreach (RunOutput output in outputs)
        {
            if (output.SequenceCount != inputs[0].SequenceCount) return 1;
        }
        return Math.Max(1, rows / (RowsPerThread * threads));
    }

    /// <summary>Takes the part that begins with a sequence; returns where the next one begins.</summary>
    /// <param name="inputs">Those of the whole run.</param>
    /// <param name="outputs">Those of the whole run.</param>
    /// <param name="first">The first sequence.</param>
    /// <param name="parts">Into how many parts it and all behind it are to be cut.</param>
    public int Take(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, int first, int parts)
    {
        RunInput longest = inputs[0];
        foreach (RunInput input in inputs)
        {
            if (input.RowCount > longest.RowCount) longest = input;
        }
        ReadOnlySpan<int> starts = longest.Offsets;
        int count = 1, sequences = longest.SequenceCount, share = (starts[^1] - starts[first]) / parts;
        // The next sequence too, if that comes closer to an even share.
        while (first + count < sequences && (parts == 1 || starts[first + count] + starts[first + count + 1] <= 2 * (starts[first] + share))) count++;

        if (this.inputs.Length != inputs.Length)
        {
            (this.inputs, offsets) = (new RunInput[inputs.Length], new int[inputs.Length][]);
            Array.Fill(offsets, []);
        }
        if (this.outputs.Length != outputs.Length) this.outputs = new RunOutput[outputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (offsets[i].Length <= count) offsets[i] = new int[(count * 2) + 1];
            this.inputs[i] = inputs[i].Part(first, count, offsets[i]);
        }
        for (int i = 0; i < outputs.Length; i++) this.outputs[i] = outputs[i].Part(first, count);
        return first + count;
    }
}
