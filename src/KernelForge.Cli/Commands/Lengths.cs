using System.Globalization;

namespace KernelForge.Cli.Commands;

/// <summary>Lengths of a batch's sequences on the command line.</summary>
internal static class Lengths
{
    /// <exception cref="InputException">It is no list of lengths.</exception>
    public static int[] Parse(string text)
    {
        int[] lengths = [.. text.Split(',').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : -1)];
        return lengths.All(length => length >= 0) ? lengths : throw new InputException(
            $"'{text}' of --lengths is no list of lengths such as 3,17,1");
    }
}
