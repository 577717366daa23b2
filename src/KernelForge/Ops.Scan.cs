using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// The next state from the one before it, <paramref name="h"/>, at row <paramref name="t"/>, for feature <paramref name="f"/> and state
/// <paramref name="n"/>; may be called from several threads.
/// </summary>
public delegate double ScanStep(Row t, int f, int n, double h);

/// <summary>
/// What state <paramref name="n"/> of feature <paramref name="f"/>, now <paramref name="h"/>, adds to the result at row
/// <paramref name="t"/>; may be called from several threads.
/// </summary>
public delegate double ScanOutput(Row t, int f, int n, double h);

public static partial class Ops
{
    /// <summary>
    /// A recurrence along each sequence. For every feature f and state n: h ← step(t, f, n, h), row after row from h = 0, and
    /// result[t, f] = Σₙ output(t, f, n, h): <c>[rows, features]</c>.
    /// </summary>
    /// <param name="rows">The rows of the result, not those of a table.</param>
    /// <param name="features">Its number of features.</param>
    /// <param name="states">How many states each feature has.</param>
    /// <param name="step">The next state; it may read whatever <see cref="Each"/> may.</param>
    /// <param name="output">What a state adds to the result.</param>
    /// <param name="backwards">From the last row to the first.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="features"/> or <paramref name="states"/> is below 1, the rows are a table's, or a lambda reads what is not there.
    /// </exception>
    public static Tokens Scan(RowSpace rows, int features, int states, ScanStep step, ScanOutput output, bool backwards = false)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(output);
        if (rows.IsTable) throw new ArgumentException($"Scan over {rows}: the rows of a table belong to no sequence", nameof(rows));
        if (features < 1 || states < 1)
            throw new ArgumentException($"Scan: {features} features of {states} states: both are at least 1", nameof(features));
        var result = new Tokens(rows, features);
        double[] to = result.Array;
        long mean = rows.Count / Math.Max(1, rows.SequenceCount);
        Work.For(rows.SequenceCount * features, mean * states * 2 * Work.LambdaCost, item =>
        {
            int sequence = item / features, f = item % features, first = rows.Offsets[sequence], length = rows.LengthOf(sequence);
            for (int n = 0; n < states; n++)
            {
                double h = 0;
                for (int position = 0; position < length; position++)
                {
                    var t = new Row(rows, sequence, first + (backwards ? length - 1 - position : position));
                    h = step(t, f, n, h);
                    to[(t.Absolute * features) + f] += output(t, f, n, h);
                }
            }
        });
        Storage.Round(to);
        return result;
    }
}
