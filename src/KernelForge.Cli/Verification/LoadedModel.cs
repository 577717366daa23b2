using System.Reflection;
using KernelForge.Cli.Assemblies;
using KernelForge.Compiler.Kernels;
using KernelForge.Runtime;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Verification;

/// <summary>A model with its weights on a device, run by whatever types its entry has.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly ICompiledLayer layer;
    private readonly KernelPlan plan;

    private LoadedModel(ICompiledLayer layer, KernelPlan plan) => (this.layer, this.plan) = (layer, plan);

    /// <exception cref="WeightException">The weights are missing, damaged or others than the model's.</exception>
    /// <exception cref="InputException">The model has no code for the device.</exception>
    public static LoadedModel Load(ConfiguredModel model, KernelPlan plan, Device device)
    {
        using WeightSource weights = WeightSource.OpenFolder(model.Folder);
        MethodInfo load = model.Layer.GetType().GetMethod("LoadWeights", [typeof(WeightSource), typeof(Device), typeof(string)])!;
        try
        {
            load.Invoke(model.Layer, BindingFlags.DoNotWrapExceptions, null, [weights, device, ""], null);
        }
        catch (NotSupportedException e)
        {
            throw new InputException($"{model}: {e.Message}");
        }
        return new LoadedModel(model.Layer, plan);
    }

    /// <summary>The results of a run, by output and sequence: rows one after another.</summary>
    public float[][][] Run(object[] inputs)
    {
        object[] outputs = Outputs();
        Method(inputs, outputs)();
        return [.. outputs.Select(BySequence)];
    }

    /// <summary>A run of the same inputs, whose results go to the same memory each time.</summary>
    public Action Repeatable(object[] inputs) => Method(inputs, Outputs());

    public void Dispose() => ((IDisposable)layer).Dispose();

    private object[] Outputs() => [.. plan.Outputs.Select(o => IsRagged(o) ? new RaggedMatrix() : (object)new Matrix(0, 0))];

    private Action Method(object[] inputs, object[] outputs)
    {
        object[] arguments = [.. inputs, .. outputs];
        MethodInfo run = layer.GetType().GetMethod("Run", [.. arguments.Select(a => a.GetType())])!;
        return () => run.Invoke(layer, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private bool IsRagged(PlanOutput output) => plan.RowSpaces[output.RowSpace].SequencesOf is null;

    private static float[][] BySequence(object output) => output switch
    {
        RaggedMatrix r => [.. Enumerable.Range(0, r.SequenceCount).Select(s => r.Sequence(s).ToArray())],
        Matrix m => [.. Enumerable.Range(0, m.Rows).Select(s => m.Row(s).ToArray())],
        _ => throw new NotSupportedException(output.GetType().Name),
    };
}
