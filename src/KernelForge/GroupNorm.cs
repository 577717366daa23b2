using static KernelForge.Ops;

namespace KernelForge;

/// <summary>
/// Group normalisation over whole sequences: the features of each of <paramref name="groups"/> equal groups, of all rows of a sequence together, less
/// their mean, divided by the root of their variance plus <paramref name="epsilon"/>, then scaled and shifted by feature. With as many groups as features
/// each feature is normalised by itself over time.
/// </summary>
[TransformerLayer]
public sealed partial class GroupNorm(int groups, int features, double epsilon = 1e-5)
{
    [Weight("weight")] private readonly Parameter scale = new(features);
    [Weight("bias")] private readonly Parameter shift = new(features);

    /// <summary><c>[rows, features]</c> to the same shape.</summary>
    public Tokens this[Tokens x]
    {
        get
        {
            Tokens centred = x - Spread(SequenceMean(Mean(x, groups: groups)), x.Rows);
            return centred * Spread(Rsqrt(SequenceMean(Mean(centred * centred, groups: groups)) + epsilon), x.Rows) * scale + shift;
        }
    }

    private Tokens Spread(Tokens ofGroups, RowSpace rows) => Each(rows, features, (t, f) => ofGroups[t, f / (features / groups)]);
}
