using System.Reflection;
using KernelForge.Fuzzer.Compiling;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>A drawn layer with its weights on a device, run by whatever types its entry has.</summary>
internal sealed class LoadedLayer : IDisposable
{
    private readonly ILayer layer;
    private readonly EntryMethod run;
    private readonly EntryMethod? prefill, step;
    private readonly Type[] resultTypes;
    private readonly HashSet<string> goOn = [];

    public LoadedLayer(Compiled compiled, Device device)
    {
        layer = compiled.Make();
        using WeightSource weights = Weights.Make(layer, compiled.Case.Seed);
        MethodInfo load = layer.GetType().GetMethod("LoadWeights", [typeof(WeightSource), typeof(Device), typeof(string)])!;
        load.Invoke(layer, BindingFlags.DoNotWrapExceptions, null, [weights, device, ""], null);
        MethodInfo filling = layer.GetType().GetMethods().Single(method => method.Name == "Run" && method.ReturnType == typeof(void));
        int inputs = compiled.Case.Inputs.Length;
        run = EntryMethods.Of(filling, inputs);
        resultTypes = [.. filling.GetParameters().Select(p => p.ParameterType).Skip(inputs)];
        if (layer.GetType().GetMethod("Step") is not { } step) return;
        prefill = EntryMethods.Of(layer.GetType().GetMethod("Prefill")!, inputs);
        goOn = [.. step.GetParameters().TakeWhile(p => p.ParameterType != typeof(SequenceCache)).Select(p => p.Name!)];
        this.step = EntryMethods.Of(step, goOn.Count);
    }

    public bool IsIncremental => step is not null;

    /// <summary>Whether an input brings rows that go on; others are given once.</summary>
    public bool GoesOn(InputSpec input) => goOn.Contains(input.Name);

    public object[] NewResults() =>
        [.. resultTypes.Select(type => type == typeof(RaggedMatrix) ? new RaggedMatrix() : (object)new Matrix(0, 0))];

    public Result[] Run(object[] inputs)
    {
        object[] results = NewResults();
        Run(inputs, results);
        return [.. results.Select(Result.Of)];
    }

    /// <summary>Into results that may have been filled before.</summary>
    public void Run(object[] inputs, object[] results) => run(layer, inputs, null, [], results);

    public SequenceCache NewCache(long budget) => (SequenceCache)layer.GetType().GetMethod("NewCache")!
        .Invoke(layer, BindingFlags.DoNotWrapExceptions, null, [budget], null)!;

    /// <summary>The first rows of sequences, with what is given once.</summary>
    public Result[] Prefill(object[] inputs, SequenceCache cache, int[] sequences) => Go(prefill!, inputs, cache, sequences);

    /// <summary>Further rows of sequences.</summary>
    public Result[] Step(object[] inputs, SequenceCache cache, int[] sequences) => Go(step!, inputs, cache, sequences);

    public void Dispose() => (layer as IDisposable)?.Dispose();

    private Result[] Go(EntryMethod method, object[] inputs, SequenceCache cache, int[] sequences)
    {
        object[] results = NewResults();
        method(layer, inputs, cache, sequences, results);
        return [.. results.Select(Result.Of)];
    }
}
