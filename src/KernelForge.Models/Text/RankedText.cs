namespace KernelForge.Models.Text;

/// <summary>A text and how well it answers a query.</summary>
/// <param name="Index">Its place among the texts that were given.</param>
/// <param name="Text">The text.</param>
/// <param name="Score">The greater, the better.</param>
public readonly record struct RankedText(int Index, string Text, float Score);
