using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running.Later;

/// <summary>An input taken apart into the rows of its sequences, to be put together otherwise.</summary>
internal sealed class Loose
{
    private readonly List<(int[] Ids, int[] Types, float[] Values)> sequences;
    private readonly int columns;

    public Loose(object input)
    {
        if (input is RaggedMatrix matrix)
        {
            columns = matrix.Columns;
            sequences = [.. Enumerable.Range(0, matrix.SequenceCount).Select(s => ((int[])[], (int[])[], matrix.Sequence(s).ToArray()))];
            return;
        }
        var batch = (RaggedBatch)input;
        sequences =
        [
            .. Enumerable.Range(0, batch.SequenceCount).Select(s => (
                batch.Sequence(s).ToArray(), batch.Types[batch.Offsets[s]..batch.Offsets[s + 1]].ToArray(), (float[])[])),
        ];
    }

    public int Count => sequences.Count;

    public int Length(int sequence) => columns > 0 ? sequences[sequence].Values.Length / columns : sequences[sequence].Ids.Length;

    /// <summary>One more sequence: the first rows of one, and then those of another's.</summary>
    public void Add(int from, int shared, Loose other, int sequence)
    {
        (int[] ids, int[] types, float[] values) = sequences[from];
        (int[] moreIds, int[] moreTypes, float[] moreValues) = other.sequences[sequence];
        sequences.Add(columns > 0
            ? ([], [], [.. values[..(shared * columns)], .. moreValues[(shared * columns)..]])
            : ([.. ids[..shared], .. moreIds[shared..]], [.. types[..shared], .. moreTypes[shared..]], []));
    }

    /// <summary>One more sequence that is as another.</summary>
    public void Add(int from) => sequences.Add(sequences[from]);

    /// <summary>A batch of rows of sequences.</summary>
    public object Take(IReadOnlyList<Part> parts)
    {
        if (columns == 0)
        {
            return RaggedBatch.Pack(
                [.. parts.Select(p => sequences[p.Sequence].Ids[p.First..p.End])],
                [.. parts.Select(p => sequences[p.Sequence].Types[p.First..p.End])]);
        }
        var rows = new RaggedMatrix([.. parts.Select(p => p.End - p.First)], columns);
        for (int i = 0; i < parts.Count; i++)
            sequences[parts[i].Sequence].Values.AsSpan((parts[i].First * columns)..(parts[i].End * columns)).CopyTo(rows.Sequence(i));
        return rows;
    }
}
