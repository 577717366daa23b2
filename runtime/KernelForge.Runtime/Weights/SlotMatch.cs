using System.IO.Enumeration;
using System.Text;

namespace KernelForge.Runtime.Weights;

/// <summary>
/// Matches a model's slots with a checkpoint's tensors under one prefix. <b>Ensures</b>: every slot has tensors that fit its shape, and
/// every tensor of real numbers within the prefix is used or ignored by name; else one error lists all that are not.
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
        var byPath = new Dictionary<string, SlotTensors>(StringComparer.Ordinal);
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (WeightSlot slot in slots)
        {
            if (Find(slot) is not { } tensors) continue;
            byPath.Add(slot.Path, tensors);
            used.UnionWith(tensors.Tensors.Select(tensor => tensor.Name));
        }
        WeightTensor[] rest =
            [.. weights.Tensors.Where(tensor => !used.Contains(tensor.Name)).OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        string[] unused = [.. rest.Where(IsUnexplained).Select(tensor => tensor.ToString())];
        if (missing.Count + misshapen.Count + unused.Length > 0) throw new WeightException(Message(model, unused));
        return new LoadedWeights(outer, slots, byPath, [.. rest.Select(tensor => tensor.Name)]);
    }

    private SlotTensors? Find(WeightSlot slot)
    {
        foreach (string name in slot.Names)
        {
            IReadOnlyList<string> wanted = slot.NamesOf(name);
            WeightTensor[] found = [.. wanted.Select(Tensor).OfType<WeightTensor>()];
            if (found.Length == 0) continue;
            foreach (WeightTensor tensor in found) Check(tensor, slot, name);
            foreach (string absent in wanted.Where(n => found.All(tensor => tensor.Name != outer + n)))
                missing.Add($"{slot.Path} {Quoted.Shape(slot.ShapeUnder(name))}: there is no {Quoted.Text(outer + absent)}");
            return new SlotTensors([.. found]);
        }
        missing.Add($"{slot}: there is no {string.Join(" and no ", slot.Names.Select(name => Quoted.Text(outer + name)))}");
        return null;
    }

    private WeightTensor? Tensor(string name) => weights.TryFind(outer + name, out WeightTensor? tensor) ? tensor : null;

    private void Check(WeightTensor tensor, WeightSlot slot, string name)
    {
        if (tensor.Type.IsReal() && slot.Fits(name, tensor.Shape)) return;
        string takes = $"{tensor}, but {slot.Path} takes {Quoted.Shape(slot.ShapeUnder(name))} of real numbers";
        long count = slot.ShapeUnder(name).Aggregate(1L, (product, side) => product * side);
        misshapen.Add(tensor.Type.IsReal() && tensor.Count == count ? $"{takes}: as many, but divided otherwise" : takes);
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
