using KernelForge.Runtime.Cpu;
using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Tests.Cpu.Kept;

/// <summary>Heads and widths of an attention, and how far its mask lets it see.</summary>
internal sealed record AttentionShape(int Heads, int KeyValueHeads, int HeadWidth, int ValueWidth, int Reach = int.MaxValue)
{
    public int Columns => (Heads * HeadWidth) + (KeyValueHeads * (HeadWidth + ValueWidth));

    public int OutputColumns => Heads * ValueWidth;
}

/// <summary>
/// Attention over rows that hold query, key and value side by side, once for each layer; as a generated program has it. With a source, keys
/// and values are rows of a second input, which does not go on.
/// </summary>
internal sealed class AttentionProgram<TVector, TScore, TMask>(
    CpuDevice device, AttentionShape shape, int layers, TScore score, TMask mask, bool hasSource = false)
    : CpuProgram<TVector>(device, spaces: 2, slots: 3, integers: 0)
    where TVector : unmanaged, IVector<TVector>
    where TScore : struct, IScore
    where TMask : struct, IMask
{
    /// <summary>Called between the last attention and the end.</summary>
    public Action Ending { get; set; } = () => { };

    public override CacheLayout Layout
    {
        get
        {
            CacheLayout layout = new CacheLayout().Space(0, goesOn: true);
            if (hasSource) layout.Space(1, goesOn: false);
            int keys = shape.KeyValueHeads * shape.HeadWidth, values = shape.KeyValueHeads * shape.ValueWidth;
            for (int l = 0; l < layers; l++) layout.Attention(hasSource ? 1 : 0, keys, values, shape.KeyValueHeads, shape.Reach);
            return layout;
        }
    }

    protected override void Run(CpuWorkspace workspace, ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        RaggedRows rows = workspace.Space(0, inputs[0].Offsets);
        RaggedRows keys = hasSource ? workspace.Space(1, inputs[1].Offsets) : rows;
        workspace.Slot(0).Reserve(rows.Count, layers * shape.Columns);
        workspace.Slot(1).Reserve(rows.Count, layers * shape.OutputColumns);
        workspace.Slot(2).Reserve(keys.Count, layers * shape.Columns);
        Rows<TVector> x = workspace.Slot(0).View<TVector>(rows.Count, layers * shape.Columns);
        Rows<TVector> y = workspace.Slot(1).View<TVector>(rows.Count, layers * shape.OutputColumns);
        Rows<TVector> source = hasSource ? workspace.Slot(2).View<TVector>(keys.Count, layers * shape.Columns) : x;
        x.CopyFrom(inputs[0].Values);
        if (hasSource) source.CopyFrom(inputs[1].Values);
        for (int l = 0; l < layers; l++)
        {
            int query = l * shape.Columns, key = query + (shape.Heads * shape.HeadWidth);
            int value = key + (shape.KeyValueHeads * shape.HeadWidth);
            Attention.Run(
                workspace.Pool, x.Slice(query, shape.Heads * shape.HeadWidth), source.Slice(key, shape.KeyValueHeads * shape.HeadWidth),
                source.Slice(value, shape.KeyValueHeads * shape.ValueWidth),
                y.Slice(l * shape.OutputColumns, shape.OutputColumns), rows, keys,
                new AttentionHeads(shape.Heads, shape.KeyValueHeads, 0.3f), score, mask, workspace.KeptAttention());
        }
        Ending();
        y.CopyTo(outputs[0].Values);
    }
}
