namespace KernelForge.Models.Generation;

/// <summary>What a branch brings to a run.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="Rows">How many of its pending ids.</param>
internal readonly record struct Share(Branch Branch, int Rows);
