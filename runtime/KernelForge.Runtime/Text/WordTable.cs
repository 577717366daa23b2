using System.Numerics;
using System.Runtime.Intrinsics;

namespace KernelForge.Runtime.Text;

/// <summary>
/// Short words that are a piece by themselves: most of a text. A word is read as two numbers, without a loop over its characters, so that
/// the processor need not guess where it ends.
/// </summary>
internal sealed class WordTable
{
    // Fifteen characters, a byte each, and the length.
    private const int Longest = 15;

    private readonly record struct Slot(ulong Low, ulong High, int Id);

    private readonly Slot[] slots;
    private readonly int shift;

    /// <param name="words">Word to id; those that do not fit are left out.</param>
    public WordTable(IEnumerable<KeyValuePair<string, int>> words)
    {
        // No character of 0xFF: that is what all beyond Latin-1 become.
        KeyValuePair<string, int>[] fitting = [.. words.Where(w => w.Key.Length is > 0 and <= Longest && w.Key.All(c => c < 0xFF))];
        slots = new Slot[BitOperations.RoundUpToPowerOf2(2 * (uint)fitting.Length + 2)]; // at most half full
        shift = 64 - BitOperations.Log2((uint)slots.Length);
        var padded = new char[Latin1.Block];
        foreach ((string word, int id) in fitting)
        {
            word.CopyTo(padded);
            (ulong low, ulong high) = Key(padded, word.Length);
            int at = Place(low, high);
            while (slots[at].High != 0) at = (at + 1) & (slots.Length - 1);
            slots[at] = new Slot(low, high, id);
        }
    }

    /// <param name="padded">Begins with the word; at least <see cref="Latin1.Block"/> characters.</param>
    /// <param name="length">The word's.</param>
    /// <param name="id">The word's id.</param>
    public bool TryGet(ReadOnlySpan<char> padded, int length, out int id)
    {
        id = -1;
        if (length > Longest) return false;
        (ulong low, ulong high) = Key(padded, length);
        for (int at = Place(low, high); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly Slot slot = ref slots[at];
            if (slot.Low == low && slot.High == high)
            {
                id = slot.Id;
                return true;
            }
            if (slot.High == 0) return false; // no word has no length
        }
    }

    private static (ulong Low, ulong High) Key(ReadOnlySpan<char> padded, int length)
    {
        Vector128<byte> bytes = Latin1.Load(padded);
        bytes &= Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
        Vector128<ulong> halves = bytes.AsUInt64();
        return (halves[0], halves[1] | ((ulong)length << 56));
    }

    // The upper bits of a product depend on all bits of its factors.
    private int Place(ulong low, ulong high) => (int)(((low * 0x9E3779B97F4A7C15) ^ (high * 0xC2B2AE3D27D4EB4F)) >> shift);
}
