using System.Collections.Immutable;
using System.Globalization;
using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Collects the tensors that a model wants: its layers add their fields, and each tensor gets its path by field names and every name that a
/// checkpoint may have it under (the alternatives of the outer layers times its own).
/// </summary>
public sealed class WeightSlots
{
    private readonly List<WeightSlot> slots;
    private readonly string path;
    private readonly ImmutableArray<string> prefixes;

    private WeightSlots(List<WeightSlot> slots, string path, ImmutableArray<string> prefixes)
    {
        this.slots = slots;
        this.path = path;
        this.prefixes = prefixes;
    }

    /// <summary>
    /// The tensors of a model or layer, in the order of the fields; <paramref name="prefix"/> goes before every checkpoint name.
    /// </summary>
    public static IReadOnlyList<WeightSlot> Of(ILayer root, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(root);
        var all = new WeightSlots([], path: "", [prefix]);
        root.DescribeWeights(all);
        return all.slots;
    }

    /// <summary>Adds <c>weight</c>, and <c>bias</c> where there is one, below the field's names; nothing where the linear is absent.</summary>
    public void Add(string field, Linear value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Weight is not { } weight) return;
        AddTensor(field, "weight", weight, value, weight.Load, names);
        if (value.Bias is { } bias) AddTensor(field, "bias", bias, value, bias.Load, names);
    }

    /// <summary>
    /// Adds <c>weight</c> and, where the linears have biases, <c>bias</c> below the field's names; <c>{e}</c> in a name is the linear's
    /// number.
    /// </summary>
    public void Add(string field, LinearBank value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        AddTensor(field, "weight", value.Weight, value, value.Weight.Load, names);
        if (value.Bias is { } bias) AddTensor(field, "bias", bias, value, bias.Load, names);
    }

    /// <summary>Adds <c>weight</c> below the field's names.</summary>
    public void Add(string field, Embedding value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        AddTensor(field, "weight", value.Weight, value, value.Load, names);
    }

    /// <summary>Adds the parameter under the field's names themselves; nothing where it is absent.</summary>
    public void Add(string field, Parameter value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Tensor is { } tensor) AddTensor(field, "", tensor, value, value.Load, names);
    }

    /// <summary>Adds everything of an inner layer below the field's names.</summary>
    public void Add(string field, ILayer value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        value.DescribeWeights(new WeightSlots(slots, Join(path, field), Candidates(field, names)));
    }

    /// <summary>Adds everything of a stack of layers; <c>{i}</c> in the names is the layer's index.</summary>
    /// <exception cref="ArgumentException">
    /// There are several layers and a name without <c>{i}</c>, so that they would share their tensors.
    /// </exception>
    public void Add(string field, IReadOnlyList<ILayer> value, params string[] names)
    {
        ArgumentNullException.ThrowIfNull(value);
        string[] patterns = names.Length == 0 ? [field + ".{i}"] : names;
        if (value.Count > 1 && patterns.FirstOrDefault(name => !name.Contains("{i}", StringComparison.Ordinal)) is { } shared)
            throw new ArgumentException(
                $"the {value.Count} layers of '{Join(path, field)}' would all be called '{shared}': put {{i}} into the name",
                nameof(names));
        for (int i = 0; i < value.Count; i++)
        {
            string index = i.ToString(CultureInfo.InvariantCulture);
            string[] own = [.. patterns.Select(name => name.Replace("{i}", index, StringComparison.Ordinal))];
            Add($"{field}[{index}]", value[i], own);
        }
    }

    private void AddTensor(string field, string member, StoredTensor tensor, object leaf, Action<double[]> load, string[] names)
    {
        ImmutableArray<string> full = [.. Candidates(field, names).Select(name => Join(name, member))];
        if (leaf is not LinearBank && full.FirstOrDefault(WeightSlot.IsNumbered) is { } numbered)
            throw new ArgumentException(
                $"'{Join(path, field)}' is called '{numbered}', but {WeightSlot.Numbered} stands for the linears of a LinearBank",
                nameof(names));
        slots.Add(new WeightSlot(Join(Join(path, field), member), full, tensor, leaf, load));
    }

    private ImmutableArray<string> Candidates(string field, string[] names)
    {
        string[] own = names.Length == 0 ? [field] : names;
        return [.. prefixes.SelectMany(prefix => own.Select(name => Join(prefix, name))).Distinct()];
    }

    private static string Join(string outer, string inner) => outer.Length == 0 ? inner : inner.Length == 0 ? outer : $"{outer}.{inner}";
}
