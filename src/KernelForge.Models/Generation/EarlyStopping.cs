namespace KernelForge.Models.Generation;

/// <summary>When a beam search with as many finished hypotheses as beams ends (<c>early_stopping</c>).</summary>
public enum EarlyStopping
{
    /// <summary>
    /// When the best running beam, its score taken at its present length, is no better than the worst finished hypothesis (<c>false</c>).
    /// </summary>
    Heuristic,

    /// <summary>At once (<c>true</c>).</summary>
    AtOnce,

    /// <summary>
    /// As <see cref="Heuristic"/>, but a positive length penalty is taken at the greatest length that the beam may still reach
    /// (<c>"never"</c>).
    /// </summary>
    Never,
}
