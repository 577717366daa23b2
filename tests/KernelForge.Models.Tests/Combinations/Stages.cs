namespace KernelForge.Models.Tests.Combinations;

// Loops whose values change their rows and their width from pass to pass.

/// <summary>Strided convolutions one behind the other.</summary>
[TransformerLayer]
public sealed partial class Stem(int inputs, int[] widths, int[] kernels, int[] strides)
{
    private readonly Layers<StemLayer> layers = new(widths.Length, i => new StemLayer(i == 0 ? inputs : widths[i - 1], widths[i], kernels[i], strides[i], i == 0));

    public Tokens Forward(Tokens x)
    {
        foreach (StemLayer layer in layers) x = layer.Forward(x);
        return x;
    }
}

[TransformerLayer]
public sealed partial class StemLayer(int inputs, int outputs, int kernel, int stride, bool normed)
{
    private readonly Convolution convolution = new(inputs, outputs, kernel, stride);
    private readonly GroupNorm norm = new(1, outputs);

    public Tokens Forward(Tokens x)
    {
        x = convolution[x];
        if (normed) x = norm[x];
        return Gelu(x);
    }
}

/// <summary>Attention within stages of ragged depth; between two stages the rows halve and the features grow, behind the last they do not.</summary>
[TransformerLayer]
public sealed partial class Staged(int hidden, int[] widths, int[] depths, int[] heads)
{
    private readonly Linear embed = new(hidden, widths[0]);
    private readonly Layers<MergingStage> stages = new(widths.Length, i => new MergingStage(
        widths[i], i < widths.Length - 1 ? widths[i + 1] : widths[i], depths[i], heads[i], i < widths.Length - 1));
    private readonly LayerNorm norm = new(widths[widths.Length - 1]);

    public (Tokens Rows, Tokens Pooled) Forward(Tokens x)
    {
        x = embed[x];
        foreach (MergingStage stage in stages) x = stage.Forward(x);
        x = norm[x];
        return (x, SequenceMean(x));
    }
}

[TransformerLayer]
public sealed partial class MergingStage(int width, int next, int depth, int heads, bool merges)
{
    private readonly Layers<GroupedBlock> blocks = new(depth, j => new GroupedBlock(width, heads, j % 2 == 1));
    private readonly Linear merge = new(2 * width, next, bias: false);

    public Tokens Forward(Tokens x)
    {
        foreach (GroupedBlock block in blocks) x = block.Forward(x);
        if (merges) x = merge[Each(x.Rows.WithLengths((x.Rows.Lengths + 1) / 2), 2 * width, (t, f) => x[t, (2 * t) + (f / width), f % width])];
        return x;
    }
}

[TransformerLayer]
public sealed partial class GroupedBlock(int width, int heads, bool shifted)
{
    private readonly int by = shifted ? 2 : 0;
    private readonly LayerNorm norm = new(width);
    private readonly Linear query = new(width, width);
    private readonly Linear expand = new(width, 3 * width);
    private readonly Linear contract = new(3 * width, width);
    private readonly Parameter bias = new(16, heads);

    public Tokens Forward(Tokens x)
    {
        Tokens y = norm[x];
        Integers group = x.Rows.Lengths.Select(GroupSize);
        x += Attention(query[y], y, y, heads, score: (s, i, j, h) => s + bias[Bucket(i - j), h], mask: (i, j) => (i + by) / group[i] == (j + by) / group[j]);
        return x + contract[Gelu(expand[x])];
    }

    internal static int GroupSize(int rows) => 3 + (rows / 8);

    internal static int Bucket(int difference) => ((difference % 16) + 16) % 16;
}

/// <summary>Two values that shrink together, one that does not, and a loop within the loop that changes a width for itself.</summary>
[TransformerLayer]
public sealed partial class Twofold(int hidden, int[] widths, int[] strides)
{
    private readonly Layers<Narrowing> narrowing = new(widths.Length, i => new Narrowing(i == 0 ? hidden : widths[i - 1], widths[i]));
    private readonly Linear back = new(hidden, hidden);

    public (Tokens Narrow, Tokens Wide, Tokens Same) Forward(Tokens x)
    {
        Tokens first = back[x];
        Tokens y = x;
        Tokens same = x;
        for (int i = 0; i < widths.Length; i++)
        {
            RowSpace fewer = x.Rows.WithLengths((x.Rows.Lengths + (strides[i] - 1)) / strides[i]);
            Tokens taken = Each(fewer, x.Features, (t, f) => x[t, t * strides[i], f]);
            y = Each(fewer, hidden, (t, f) => y[t, t * strides[i], f] + first[t, t, f] * (i + 1) + taken[t, 0]);
            x = narrowing[i].Forward(taken);
            same = Tanh(same + SequenceMean(y));
        }
        return (x, y, same);
    }
}

[TransformerLayer]
public sealed partial class Narrowing(int inputs, int outputs)
{
    private readonly Linear linear = new(inputs, outputs);

    public Tokens Forward(Tokens x)
    {
        x = linear[x];
        return x * Sigmoid(x);
    }
}

/// <summary>Rows and width by conditions: of a loop's index, of the configuration, and of neither arm.</summary>
[TransformerLayer]
public sealed partial class Conditional(int hidden, int width, int stride, bool strided, int every, int[] widths)
{
    private readonly Linear first = new(hidden, hidden);
    private readonly Linear narrow = new(hidden, width);
    private readonly Layers<OneLinear> down = new(widths.Length - 1, i => new OneLinear(widths[i], widths[i + 1]));
    private readonly Linear to = new(strided ? width : hidden, widths[0]);

    public Tokens Forward(Tokens x)
    {
        x = first[x];
        x = strided ? narrow[Each(x.Rows.WithLengths(x.Rows.Lengths / stride), hidden, (t, f) => x[t, (t * stride) + 1, f])] : Relu(x);
        Tokens mean = SequenceMean(x);
        x = to[x + mean];
        for (int i = 0; i < widths.Length; i++)
        {
            x += Each(x.Rows, x.Features, (t, f) => t % every == 0 ? 0.25 : x[t, t - 1, f]);
            if (i < widths.Length - 1)
            {
                Integers third = x.Rows.Lengths.Select(Third);
                Tokens y = Each(x.Rows.WithLengths(third), x.Features, (t, f) => Sum(third[t], n => x[t, t + n, f]) / Max(third[t], 1));
                x = down[i].Forward(y);
            }
        }
        return x;
    }

    internal static int Third(int rows) => (rows * 2) / 3;
}

[TransformerLayer]
public sealed partial class OneLinear(int inputs, int outputs)
{
    private readonly Linear linear = new(inputs, outputs);

    public Tokens Forward(Tokens x) => linear[x];
}

/// <summary>A loop of which only the rows are used.</summary>
[TransformerLayer]
public sealed partial class Counted(int hidden, int[] strides)
{
    private readonly Linear linear = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        x = linear[x];
        Tokens y = x;
        for (int i = 0; i < strides.Length; i++) y = WindowMean(y, 2, strides[i]);
        return Each(y.Rows, hidden, (t, f) => x[t, t, f] + y.Length(t));
    }
}

/// <summary>Layers whose inputs the configuration says beside the outputs of those before them.</summary>
[TransformerLayer]
public sealed partial class Narrowed(int hidden, int[] outputs, int[] inputs)
{
    private readonly Layers<OneLinear> layers = new(outputs.Length, i => new OneLinear(inputs[i], outputs[i]));
    private readonly Linear first = new(hidden, hidden);

    public Tokens Forward(Tokens x)
    {
        x = first[x];
        foreach (OneLinear layer in layers) x = layer.Forward(x);
        return x;
    }
}

/// <summary>Rows that are merged before every stage but the first, features that grow by what each stage adds, and a way out before all of it.</summary>
[TransformerLayer]
public sealed partial class Growing(int hidden, int count, int by, bool skipped)
{
    private readonly Linear first = new(hidden, hidden);
    private readonly Layers<OneLinear> merges = new(Max(count - 1, 0), i => new OneLinear(hidden + ((i + 1) * by), hidden + ((i + 1) * by)));
    private readonly Layers<OneLinear> stages = new(count, i => new OneLinear(hidden + (i * by), by));

    public Tokens Forward(Tokens x)
    {
        x = first[x];
        if (skipped) return Each(x.Rows.WithLengths(x.Rows.Lengths + 1), hidden, (t, f) => x[t, t - 1, f]);
        for (int i = 0; i < count; i++)
        {
            if (i > 0) x = merges[i - 1].Forward(WindowMax(x, 2, 2));
            x = Concat(x, Tanh(stages[i].Forward(x)));
        }
        return x;
    }
}
