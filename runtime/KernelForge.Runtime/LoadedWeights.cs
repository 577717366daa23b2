using KernelForge.Runtime.Weights;

namespace KernelForge.Runtime;

/// <summary>
/// A model's tensors, each found in a checkpoint and of a shape that fits. The source stays its owner's: it must live while weights are
/// read.
/// </summary>
public sealed class LoadedWeights
{
    private readonly IReadOnlyList<WeightSlot> slots;
    private readonly Dictionary<string, SlotTensors> byPath;
    private readonly bool absent;

    internal LoadedWeights(
        string prefix, IReadOnlyList<WeightSlot> slots, Dictionary<string, SlotTensors> byPath, IReadOnlyList<string> unused)
    {
        Prefix = prefix;
        this.slots = slots;
        this.byPath = byPath;
        Unused = unused;
    }

    private LoadedWeights()
        : this("", [], [], []) => absent = true;

    /// <summary>
    /// No numbers at all, for a program that only lists its kernels: every path has a tensor, and reading it gives an empty array.
    /// </summary>
    public static LoadedWeights Absent { get; } = new();

    /// <summary>Whether these are <see cref="Absent"/>.</summary>
    public bool AreAbsent => absent;

    /// <summary>What stands before the description's names in the checkpoint, such as <c>bert.</c>; often empty.</summary>
    public string Prefix { get; }

    /// <summary>The tensors that this model leaves alone: those outside the prefix, those it ignores by name, and integers.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>The tensors the model wants, in the order of its fields.</summary>
    public IReadOnlyList<WeightSlot> Slots => slots;

    /// <summary>
    /// Finds every tensor of a model or layer. The names of the description may stand in the checkpoint under a prefix (<c>bert.</c>), as
    /// they do where the model is part of a larger one: the prefix is the one under which most tensors are found.
    /// </summary>
    /// <param name="root">The model or layer.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="prefix">What the names stand below, for one layer of a larger model (<c>encoder.layer.3</c>); else empty.</param>
    /// <param name="ignored">Patterns, with <c>*</c> for anything, of tensors that the description knowingly does not use.</param>
    /// <exception cref="WeightException">
    /// Tensors are missing, misshapen or unused, all of them listed; or several prefixes fit equally well.
    /// </exception>
    public static LoadedWeights Resolve(ILayer root, WeightSource weights, string prefix = "", IReadOnlyList<string>? ignored = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(prefix);
        string below = prefix.TrimEnd('.');
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(root, below);
        string model = root.GetType().Name;
        string outer = CheckpointPrefix.Find(slots, weights, model);
        return new SlotMatch(slots, weights, outer, below, ignored ?? []).Resolve(model);
    }

    /// <summary>Whether the model has a tensor at this path; a <c>Linear</c> without bias has none at <c>….bias</c>.</summary>
    public bool Has(string path) => absent || byPath.ContainsKey(path);

    /// <summary>
    /// The numbers at a path such as <c>layers[3].query.weight</c>, row after row of the slot's shape, however the checkpoint divides them.
    /// </summary>
    /// <exception cref="ArgumentException">The model has no tensor there.</exception>
    public float[] Read(string path) => absent ? [] : Tensors(path).ToSingles();

    /// <summary>As <see cref="Read(string)"/>; where the model has no tensor there, <paramref name="absent"/> zeros.</summary>
    public float[] Read(string path, int absent) => Has(path) ? Read(path) : new float[absent];

    /// <summary>The numbers at a path, which are read when they are wanted; until then the source must live.</summary>
    /// <exception cref="ArgumentException">The model has no tensor there.</exception>
    public WeightValues Values(string path) => absent ? WeightValues.Zeros(0) : WeightValues.Of(Tensors(path));

    /// <summary>As <see cref="Values(string)"/>; where the model has no tensor there, <paramref name="absent"/> zeros.</summary>
    public WeightValues Values(string path, int absent) => Has(path) ? Values(path) : WeightValues.Zeros(absent);

    /// <summary>As <see cref="Read(string)"/>, into memory of exactly the tensor's size.</summary>
    /// <exception cref="ArgumentException">The model has no tensor there, or the destination has another size.</exception>
    public void Read(string path, Span<float> destination)
    {
        SlotTensors tensors = Tensors(path);
        if (destination.Length != tensors.Count)
            throw new ArgumentException($"{path} has {tensors.Count} elements, the destination {destination.Length}", nameof(destination));
        tensors.CopyTo(destination);
    }

    /// <summary>Gives every parameter of the model its numbers, as doubles, for the reference run.</summary>
    public void FillReference()
    {
        foreach (WeightSlot slot in slots) slot.Load(byPath[slot.Path].ToDoubles());
    }

    private SlotTensors Tensors(string path) => byPath.TryGetValue(path, out SlotTensors? tensors)
        ? tensors
        : throw new ArgumentException($"the model has no tensor at '{path}'", nameof(path));
}
