namespace KernelForge.Models.Generation;

/// <summary>What a sequence brings to a run; its shares' rows of logits follow each other.</summary>
internal sealed record Job(GeneratedSequence Sequence, IReadOnlyList<Share> Shares);
