using System.Collections.Immutable;

namespace KernelForge.Fuzzer.Descriptions;

internal abstract record Statement;

/// <summary><c>Tokens a = …;</c>, or <c>(Tokens a, Tokens b) = …;</c></summary>
internal sealed record Declare(ImmutableArray<Symbol> Targets, Node Value) : Statement;

internal sealed record Assign(Symbol Target, Node Value) : Statement;

/// <param name="Condition">Over hyper-parameters and indices of loops.</param>
internal sealed record If(Node Condition, ImmutableArray<Statement> Then, ImmutableArray<Statement> Else) : Statement;

/// <summary><c>for (int i = 0; i &lt; count; i++)</c>.</summary>
/// <param name="Start">Where the index begins: 0, or 1 for one pass less.</param>
internal sealed record For(Symbol Index, Node Count, ImmutableArray<Statement> Body, int Start = 0) : Statement;

/// <summary><c>foreach (Inner layer in layers)</c>.</summary>
internal sealed record Foreach(Symbol Item, Field Layers, ImmutableArray<Statement> Body) : Statement;
