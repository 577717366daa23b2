using KernelForge.Runtime.Execution;

namespace KernelForge.Runtime.Cpu;

/// <summary>What a run is given and what it gives, and the same of one of its parts; its memory is used again.</summary>
internal sealed class RunPartView
{
    private RunInput[] inputs = [];
    private RunOutput[] outputs = [];
    private int[][] offsets = [];

    public ReadOnlySpan<RunInput> Inputs => inputs;

    public ReadOnlySpan<RunOutput> Outputs => outputs;

    /// <summary>Takes a whole run.</summary>
    public void Set(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs)
    {
        Reserve(inputs.Length, outputs.Length);
        inputs.CopyTo(this.inputs);
        outputs.CopyTo(this.outputs);
    }

    /// <summary>Takes some of a run's sequences.</summary>
    public void Set(ReadOnlySpan<RunInput> inputs, ReadOnlySpan<RunOutput> outputs, RunPart part)
    {
        Reserve(inputs.Length, outputs.Length);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (offsets[i].Length <= part.Count) offsets[i] = new int[(part.Count * 2) + 1];
            this.inputs[i] = inputs[i].Part(part.First, part.Count, offsets[i]);
        }
        for (int i = 0; i < outputs.Length; i++) this.outputs[i] = outputs[i].Part(part.First, part.Count);
    }

    /// <summary>Lets go of the caller's memory.</summary>
    public void Clear()
    {
        Array.Clear(inputs);
        Array.Clear(outputs);
    }

    private void Reserve(int inputs, int outputs)
    {
        if (this.inputs.Length != inputs)
        {
            (this.inputs, offsets) = (new RunInput[inputs], new int[inputs][]);
            Array.Fill(offsets, []);
        }
        if (this.outputs.Length != outputs) this.outputs = new RunOutput[outputs];
    }
}
