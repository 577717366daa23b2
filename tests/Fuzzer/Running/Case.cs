using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Running;

/// <summary>What one parameter of the entry is given.</summary>
/// <param name="Columns">Features of rows of numbers; 0 for integers.</param>
/// <param name="Below">What all integers are below; 0 for rows of numbers.</param>
/// <param name="IsExact">Whether the numbers are multiples of 1/8 that no device rounds.</param>
/// <param name="Lengths">Of its sequences; inputs of equal lengths are of one batch.</param>
internal sealed record InputSpec(string Name, int Columns, int Below, bool IsExact, ImmutableArray<int> Lengths);

/// <summary>A layer's text with all that a run of it needs: what a report prints, and a test keeps.</summary>
/// <param name="Text">C# with one namespace, whose last layer is run.</param>
/// <param name="Values">What the constructor's parameters are worth, by their names.</param>
/// <param name="Seed">Draws weights and numbers.</param>
internal sealed record Case(string Text, ImmutableDictionary<string, int> Values, ImmutableArray<InputSpec> Inputs, int Seed)
{
    /// <summary>An incremental layer is brought whole multiples of so many rows, but for the last ones of a sequence.</summary>
    public int Chunk { get; init; } = 1;

    public string Namespace => Text.Split('\n')
        .First(line => line.StartsWith("namespace ", StringComparison.Ordinal))["namespace ".Length..].Trim(' ', ';', '\r');

    /// <summary>The name of the layer that is run.</summary>
    public string Layer
    {
        get
        {
            const string before = "partial class ";
            int at = Text.LastIndexOf(before, StringComparison.Ordinal) + before.Length;
            return string.Concat(Text.Skip(at).TakeWhile(char.IsLetterOrDigit));
        }
    }

    public string Lengths => string.Join(" and ", Inputs.Select(i => $"[{string.Join(", ", i.Lengths)}]").Distinct());
}
