namespace KernelForge.Models.Generation;

/// <summary>Why a sequence is not continued.</summary>
public enum FinishReason
{
    /// <summary>Its last token is one of <see cref="GenerationOptions.EndIds"/>.</summary>
    EndOfText,

    /// <summary>It ends with one of <see cref="GenerationOptions.StopSequences"/>.</summary>
    StopSequence,

    /// <summary>It has as many tokens as its options or its model allow.</summary>
    Length,

    /// <summary>It was taken out before it was finished.</summary>
    Cancelled,

    /// <summary>An error ended it; whoever reads its tokens gets that error behind the last of them.</summary>
    Failed,
}
