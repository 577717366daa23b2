using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Runtime;

namespace KernelForge.Benchmarks.Decode;

/// <summary>A checkpoint in memory for whatever a layer's description names: N(0, 0.02) each.</summary>
internal static class DrawnWeights
{
    /// <summary>The checkpoint, and how many bytes its tensors have.</summary>
    public static (WeightSource Source, long Bytes) For(ILayer layer)
    {
        (string Name, int[] Shape)[] tensors =
        [
            .. WeightSlots.Of(layer).SelectMany(slot => slot.NamesOf(slot.Names[0]).Select(name => (name, (int[])[.. slot.ShapeUnder(slot.Names[0])]))),
        ];
        var header = new JsonObject();
        long end = 0;
        foreach ((string name, int[] shape) in tensors)
        {
            long begin = end;
            end += shape.Aggregate(1L, (count, side) => count * side) * sizeof(float);
            header.Add(name, new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(side => (JsonNode)side)]),
                ["data_offsets"] = new JsonArray(begin, end),
            });
        }
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        var file = new byte[sizeof(long) + text.Length + end];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, sizeof(long));
        // Not necessarily aligned, which floats need not be here.
        var values = new float[end / sizeof(float)];
        PseudoNormal.Fill(values, seed: 9, deviation: 0.02f);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(file.AsSpan(sizeof(long) + text.Length));
        return (WeightSource.FromMemory(file), end);
    }
}
