namespace KernelForge.Models.Generation;

/// <summary>A token that a model chose.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Index">How many were generated for its sequence before it.</param>
/// <param name="LogProbability">
/// The natural logarithm of the probability that the model gave it: of its logits as they are, without penalties, temperature or filters.
/// </param>
public readonly record struct GeneratedToken(int Id, int Index, double LogProbability);
