using System.Buffers.Binary;
using System.Text;

namespace KernelForge.Runtime.Tests.Weights;

/// <summary>
/// Damages a valid safetensors file in one to four ways, from a seed: as a bad disk would (bits, cuts, repeats), and as an enemy
/// would (numbers, words and structure of the header changed, with the length field put right again so that they are reached).
/// </summary>
internal static class Mutation
{
    private static readonly string[] Words =
    [
        "-1", "0", "1", "9", "1e9", "2.5", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "-0",
        "null", "true", "[]", "{}", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\"F16\"", "\"I64\"", "\"F33\"",
        "\"shape\"", "\"dtype\"", "\"data_offsets\"", "\"__metadata__\"", "\"a\"", "/*", "//", "NaN", " ", "\n", "\0",
    ];

    public static byte[] Of(byte[] valid, Random random)
    {
        byte[] file = (byte[])valid.Clone();
        for (int count = random.Next(1, 5); count > 0; count--)
            file = random.Next(2) == 0 ? Bytes(file, random) : Header(file, random);
        return file;
    }

    private static byte[] Bytes(byte[] file, Random random)
    {
        if (file.Length == 0) return [(byte)random.Next(256)];
        int at = random.Next(file.Length), length = random.Next(1, 1 + Math.Min(64, file.Length - at));
        switch (random.Next(7))
        {
            case 0: file[at] ^= (byte)(1 << random.Next(8)); return file;
            case 1: file[at] = (byte)random.Next(256); return file;
            case 2: return file[..at];
            case 3: return [.. file, .. file[at..(at + length)]];
            case 4: return [.. file[..at], .. file[(at + length)..]];
            case 5: return [.. file[..(at + length)], .. file[at..]];
            default:
                var field = new byte[8];
                long value = random.Next(4) switch
                {
                    0 => random.Next(-2, 3) + file.Length,
                    1 => random.Next(file.Length),
                    2 => random.NextInt64(),
                    _ => -random.NextInt64(),
                };
                BinaryPrimitives.WriteInt64LittleEndian(field, value);
                return [.. field, .. file[Math.Min(8, file.Length)..]];
        }
    }

    private static byte[] Header(byte[] file, Random random)
    {
        if (file.Length < 8) return file;
        long length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length <= 0 || length > file.Length - 8) return file;
        string header = Encoding.Latin1.GetString(file, 8, (int)length);
        string changed = random.Next(4) switch
        {
            0 => Replace(header, NumberAt(header, random.Next(header.Length)), Words[random.Next(11)]),
            1 => Replace(header, NumberAt(header, random.Next(header.Length)), random.NextInt64(file.Length + 2L).ToString("d")),
            2 => header.Insert(random.Next(header.Length + 1), Words[random.Next(Words.Length)]),
            _ => Swap(header, random),
        };
        var field = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(field, changed.Length);
        return [.. field, .. Encoding.Latin1.GetBytes(changed), .. file[(8 + (int)length)..]];
    }

    /// <summary>The first run of digits from a place on.</summary>
    private static Range NumberAt(string header, int from)
    {
        int start = header.AsSpan(from).IndexOfAnyInRange('0', '9');
        if (start < 0) return from..from;
        start += from;
        int end = start;
        while (end < header.Length && char.IsAsciiDigit(header[end])) end++;
        return start..end;
    }

    private static string Replace(string header, Range range, string by) =>
        string.Concat(header.AsSpan(0, range.Start.Value), by, header.AsSpan(range.End.Value));

    /// <summary>Puts one part between quotes or commas in the place of another: one tensor's fields become another's.</summary>
    private static string Swap(string header, Random random)
    {
        char separator = random.Next(2) == 0 ? ',' : '"';
        string[] parts = header.Split(separator);
        parts[random.Next(parts.Length)] = parts[random.Next(parts.Length)];
        return string.Join(separator, parts);
    }
}
