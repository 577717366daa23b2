using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace KernelForge.Benchmarks.Onnx;

/// <summary>A message in protobuf's wire format (protobuf.dev, "Encoding"), field after field; as much of it as an ONNX file needs.</summary>
internal sealed class Message
{
    private enum Wire
    {
        Varint = 0,
        Length = 2,
        Fixed32 = 5,
    }

    private readonly ArrayBufferWriter<byte> bytes = new();

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public Message Add(int field, long value)
    {
        Tag(field, Wire.Varint);
        Varint((ulong)value);
        return this;
    }

    public Message Add(int field, float value)
    {
        Tag(field, Wire.Fixed32);
        Span<byte> four = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        bytes.Write(four);
        return this;
    }

    public Message Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    public Message Add(int field, Message value) => Add(field, value.Written);

    public Message Add(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Wire.Length);
        Varint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    private void Tag(int field, Wire wire) => Varint(((ulong)field << 3) | (ulong)wire);

    private void Varint(ulong value)
    {
        while (value > 0x7F)
        {
            bytes.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }
        bytes.Write([(byte)value]);
    }
}
