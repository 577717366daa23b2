namespace KernelForge.Runtime.Weights;

/// <summary>Finds what stands before a description's names in a checkpoint: nothing, or the model's name within a larger one.</summary>
internal static class CheckpointPrefix
{
    /// <returns>The prefix with its dot, or nothing; nothing too where no tensor is found under any.</returns>
    /// <exception cref="WeightException">Several prefixes fit equally well.</exception>
    public static string Find(IReadOnlyList<WeightSlot> slots, WeightSource weights, string model)
    {
        Dictionary<string, int> found = Count(slots, weights);
        // The names as the description has them need no search where they are all there, whatever else the file holds.
        if (found.Count == 0 || found.GetValueOrDefault("") == slots.Count) return "";
        int most = found.Values.Max();
        string[] best = [.. found.Keys.Where(prefix => found[prefix] == most).Order(StringComparer.Ordinal)];
        if (best.Length == 1) return best[0];
        if (most * 2 < slots.Count) return ""; // chance hits in the checkpoint of another model: nothing to choose between
        string list = string.Join(", ", best.Select(Quoted.Text));
        string share = $"{most} of the {slots.Count} tensors of {model}";
        throw new WeightException(weights.Name, null, $"{share} are there under each of the prefixes {list}: say which is meant");
    }

    /// <summary>For each prefix, under how many of the slots' names there is a tensor.</summary>
    private static Dictionary<string, int> Count(IReadOnlyList<WeightSlot> slots, WeightSource weights)
    {
        var slotsOf = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int slot = 0; slot < slots.Count; slot++)
        {
            foreach (string name in slots[slot].Names.Select(name => slots[slot].NamesOf(name)[0]))
            {
                if (!slotsOf.TryGetValue(name, out List<int>? list)) slotsOf.Add(name, list = []);
                list.Add(slot);
            }
        }
        var found = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (WeightTensor tensor in weights.Tensors)
        {
            int start = 0;
            do
            {
                if (slotsOf.TryGetValue(tensor.Name[start..], out List<int>? list))
                {
                    string prefix = tensor.Name[..start];
                    if (!found.TryGetValue(prefix, out HashSet<int>? set)) found.Add(prefix, set = []);
                    set.UnionWith(list);
                }
                start = tensor.Name.IndexOf('.', start) + 1;
            }
            while (start > 0);
        }
        return found.ToDictionary(candidate => candidate.Key, candidate => candidate.Value.Count, StringComparer.Ordinal);
    }
}
