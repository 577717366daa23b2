using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace KernelForge.TestData;

/// <summary>Writes safetensors files for tests: right ones by adding tensors, wrong ones by <c>Raw</c>.</summary>
internal sealed class SafetensorsBytes
{
    private readonly StringBuilder header = new();
    private readonly List<byte> data = [];

    public SafetensorsBytes Add(string name, int[] shape, float[] values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return Add(name, "F32", shape, bytes);
    }

    public SafetensorsBytes Add(string name, string type, int[] shape, byte[] bytes)
    {
        string dimensions = string.Join(',', shape);
        string offsets = string.Create(CultureInfo.InvariantCulture, $"{data.Count},{data.Count + bytes.Length}");
        header.Append(header.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture,
            $$"""{{'"'}}{{name}}":{"dtype":"{{type}}","shape":[{{dimensions}}],"data_offsets":[{{offsets}}]}""");
        data.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => Raw("{" + header + "}", [.. data]);

    /// <summary>A file of exactly this header, right or wrong, and <paramref name="data"/> after it.</summary>
    public static byte[] Raw(string header, byte[] data) => Raw(Encoding.UTF8.GetBytes(header), data);

    public static byte[] Raw(byte[] header, byte[] data)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }
}
