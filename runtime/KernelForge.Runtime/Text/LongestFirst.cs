namespace KernelForge.Runtime.Text;

/// <summary>How two texts share the room there is, as Hugging Face's fast tokenizers cut by <c>longest_first</c>.</summary>
internal static class LongestFirst
{
    /// <summary>
    /// The tokens of each text that stay. The longer one is cut until both are as long; what they then have too many is cut from both, and
    /// an odd place goes to the longer one, of equals to the second.
    /// </summary>
    public static (int First, int Second) Cut(int first, int second, int room)
    {
        if (first + second <= room) return (first, second);
        int shorter = Math.Min(first, second), longer = Math.Max(shorter, room - shorter);
        if (shorter + longer > room) (shorter, longer) = (room / 2, room - room / 2);
        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
