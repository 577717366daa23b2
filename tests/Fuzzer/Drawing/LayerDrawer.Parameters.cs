using System.Collections.Immutable;
using KernelForge.Fuzzer.Descriptions;

namespace KernelForge.Fuzzer.Drawing;

// Parameters that are absent, tied, or named, and products that become one kernel.
internal sealed partial class LayerDrawer
{
    private bool DrawParameters() => draft.Below(5) switch
    {
        0 or 1 => DrawGate(),
        2 => DrawAbsentLinear(),
        3 => DrawAbsentRow(),
        _ => DrawTied(),
    };

    /// <summary>Two products of one input whose elements meet: one tile computes both.</summary>
    private bool DrawGate()
    {
        if (PickOf(Tokens) is not { } x) return false;
        Size width = Width();
        Node gate = Linear(Node.Of(x), width), up = Linear(Node.Of(x), width);
        string function = draft.Pick(["Silu", "Gelu", "Sigmoid", "Relu"]);
        return Declares(Node.Of(TypeOf(up), "gate", $"({function}({gate}) * {up})", gate.Bound * up.Bound));
    }

    /// <summary>A linear that a checkpoint need not have: where it has none, another value stands for it.</summary>
    private bool DrawAbsentLinear()
    {
        if (PickOf(TokensOfRows) is not { } x) return false;
        (Rows rows, Size width, _) = TypeOf(x);
        HyperParameter flag = draft.Flag();
        Size outputs = draft.Chance(0.5) ? width : Width();
        Field linear = Field("linear", "Linear", draft.Chance(0.5) ? (NodeText)$"{width}, {outputs}, present: {flag}"
            : $"{width}, {outputs}, bias: false, present: {flag}");
        Node there = Node.Of(new TokensType(rows, outputs), "Linear(present:)", $"{linear}[{x}]", (1.2 * x.Bound) + 0.5);
        Node otherwise = outputs.Equals(width) ? Function(Node.Of(x)) : Linear(Node.Of(x), outputs);
        if (draft.Chance(0.5))
            return Declares(Node.Of(
                there.Type, "?: over hyper-parameters", $"({flag} ? {there} : {otherwise})", there.Bound + otherwise.Bound));
        Symbol v = Declare(otherwise);
        var whenThere = new Assign(v, Node.Of(v.Type, "Tanh", $"Tanh({there})"));
        block.Add(new If(Node.Of(new FixedType("bool"), "if over a flag", $"{flag}"), [whenThere], []));
        return true;
    }

    /// <summary>A row that reads as zeros where a checkpoint has none.</summary>
    private bool DrawAbsentRow()
    {
        if (PickOf(TokensOfRows) is not { } x) return false;
        TokensType type = TypeOf(x) with { IsExact = false };
        Field row = Field("bias", new TokensType(TableRows(Size.One), type.Width), "Parameter", $"{type.Width}, present: {draft.Flag()}");
        NodeText text = draft.Chance(0.5) ? (NodeText)$"({x} + {row})" : $"({x} * (1 + {row}))";
        return Declares(Node.Of(type, "Parameter(present:)", text, (2 * x.Bound) + 1));
    }

    /// <summary>An embedding and a product of the same tensor.</summary>
    private bool DrawTied()
    {
        Rows[] possible = [.. spaces.Where(rows => rows.Kind == RowsKind.Input)];
        if (possible.Length == 0) return false;
        Rows rows = draft.Pick(possible);
        Size count = Size.Of(draft.Count(2 + draft.Below(20), "vocabulary")), width = Width();
        string attribute = $"[Weight(\"{draft.Name("tied")}\")] ";
        Field table = Field("embedding", "Embedding", $"{count}, {width}", attribute);
        Field head = Field("head", "Linear", $"{width}, {count}, bias: false", attribute);
        Symbol x = Declare(Node.Of(new TokensType(rows, width), "Embedding", $"{table}[{IntegersOf(rows, count)}]", 1));
        return Declares(Node.Of(new TokensType(rows, count), "Linear of an embedding's weight", $"{head}[{Function(Node.Of(x))}]", 3));
    }

    /// <summary>What a checkpoint calls a parameter: as the field, or otherwise.</summary>
    private string Named(string stem) => draft.Below(12) switch
    {
        0 => $"[Weight(\"{draft.Name("w")}.{stem}\")] ",
        1 => $"[Weight(\"{draft.Name("old")}\", \"{draft.Name("new")}\")] ",
        _ => "",
    };
}
