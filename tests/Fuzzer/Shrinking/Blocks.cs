using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Shrinking;

/// <summary>Statements taken out and parts replaced, however deep they stand.</summary>
internal static class Blocks
{
    public static ImmutableArray<Statement> Without(ImmutableArray<Statement> block, Statement one) => Replace(block, one, []);

    public static ImmutableArray<Statement> Replace(ImmutableArray<Statement> block, Statement one, ImmutableArray<Statement> others) =>
    [
        .. block.SelectMany(statement => ReferenceEquals(statement, one) ? others : [statement switch
        {
            If i => i with { Then = Replace(i.Then, one, others), Else = Replace(i.Else, one, others) },
            For f => f with { Body = Replace(f.Body, one, others) },
            Foreach f => f with { Body = Replace(f.Body, one, others) },
            _ => statement,
        }]),
    ];

    /// <summary>A layer with other parts where the function gives one.</summary>
    public static Layer Rewrite(Layer layer, Func<object, object?> replacement) => layer with
    {
        Body = Rewrite(layer.Body, replacement),
        Results = [.. layer.Results.Select(result => result.Replace(replacement))],
    };

    private static ImmutableArray<Statement> Rewrite(ImmutableArray<Statement> block, Func<object, object?> replacement) =>
    [
        .. block.Select(statement => statement switch
        {
            Declare d => d with { Value = d.Value.Replace(replacement) },
            Assign a => a with { Target = replacement(a.Target) as Symbol ?? a.Target, Value = a.Value.Replace(replacement) },
            If i => i with { Condition = i.Condition.Replace(replacement), Then = Rewrite(i.Then, replacement),
                Else = Rewrite(i.Else, replacement) },
            For f => f with { Body = Rewrite(f.Body, replacement) },
            Foreach f => f with { Body = Rewrite(f.Body, replacement) },
            _ => statement,
        }),
    ];
}
