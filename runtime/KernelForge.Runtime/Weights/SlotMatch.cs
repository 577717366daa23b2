using System.IO.Enumeration;
using System.Text;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// Matches a model's slots with a checkpoint's tensors under one prefix. <b>Ensures</b>: every slot has a tensor of its shape, and every
/// tensor of real numbers within the prefix is used or ignored by name; else one error lists all that are not.
/// </summary>
/// <param name="slots">What the model wants.</param>
/// <param name="weights">What there is.</param>
/// <param name="outer">What stands before the slots' names in the checkpoint, with its dot.</param>
/// <param name="below">What the slots' own names all begin with, without a dot; often nothing.</param>
/// <param name="ignored">Patterns of names that the description knowingly leaves alone.</param>
internal sealed class SlotMatch(
    IReadOnlyList<WeightSlot> slots, WeightSource weights, string outer, string below, IReadOnlyList<string> ignored)
{
    private readonly string scope = below.Length == 0 ? outer : $"{outer}{below}.";
    private readonly List<string> missing = [];
    private readonly List<string> misshapen = [];

    public LoadedWeights Resolve(string model)
    {
        var byPath = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (WeightSlot slot in slots)
        {
            if (Find(slot) is not { } tensor) continue;
            byPath.Add(slot.Path, tensor);
            used.Add(tensor.Name);
        }
        WeightTensor[] rest =
            [.. weights.Tensors.Where(tensor => !used.Contains(tensor.Name)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        string[] unused = [.. rest.Where(IsUnexplained).Select(tensor => tensor.ToString())];
        if (missing.Count + misshapen.Count + unused.Length > 0) throw new WeightException(Message(model, unused));
        return new LoadedWeights(outer, slots, byPath, [.. rest.Select(tensor => tensor.Name)]);
    }

    private WeightTensor? Find(WeightSlot slot)
    {
        foreach (string name in slot.Names)
        {
            if (!weights.TryFind(outer + name, out WeightTensor? tensor)) continue;
            if (!tensor.Type.IsReal() || !tensor.Shape.SequenceEqual(slot.Shape.Select(side => (long)side)))
                misshapen.Add($"{tensor}, but {slot.Path} takes {Quoted.Shape(slot.Shape)} of real numbers");
            return tensor;
        }
        missing.Add($"{slot}: there is no {string.Join(" and no ", slot.Names.Select(name => Quoted.Text(outer + name)))}");
        return null;
    }

    /// <summary>A checkpoint's integers are indices that models keep beside their weights (<c>position_ids</c>), never weights.</summary>
    private bool IsUnexplained(WeightTensor tensor) => tensor.Type.IsReal()
        && tensor.Name.StartsWith(scope, StringComparison.Ordinal)
        && !ignored.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, tensor.Name.AsSpan(scope.Length), ignoreCase: false));

    private string Message(string model, string[] unused)
    {
        var message = new StringBuilder($"{weights.Name} does not fit {model}");
        if (scope.Length > 0) message.Append($", looked for under {Quoted.Text(scope)}");
        Append(message, "missing", missing);
        Append(message, "misshapen", misshapen);
        Append(message, "in the file but not in the description", unused);
        return message.ToString();
    }

    private static void Append(StringBuilder message, string fault, IReadOnlyList<string> items)
    {
        if (items.Count == 0) return;
        message.Append($"\n  {fault} ({items.Count}):");
        foreach (string item in items) message.Append("\n    ").Append(item);
    }
}
