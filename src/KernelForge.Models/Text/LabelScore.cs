namespace KernelForge.Models.Text;

/// <summary>How likely a label is.</summary>
/// <param name="Label">As <c>id2label</c> of <c>config.json</c> has it.</param>
/// <param name="Score">Between 0 and 1; for a regression, the value itself.</param>
public readonly record struct LabelScore(string Label, float Score);
