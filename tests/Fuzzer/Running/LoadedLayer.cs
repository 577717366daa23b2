using System.Reflection;
using KernelForge.Fuzzer.Compiling;
using KernelForge.Runtime;

namespace KernelForge.Fuzzer.Running;

/// <summary>A drawn layer with its weights on a device, run by whatever types its entry has.</summary>
internal sealed class LoadedLayer : IDisposable
{
    private readonly ILayer layer;
    private readonly MethodInfo run;
    private readonly Type[] resultTypes;

    public LoadedLayer(Compiled compiled, Device device)
    {
        layer = compiled.Make();
        using WeightSource weights = Weights.Make(layer, compiled.Case.Seed);
        MethodInfo load = layer.GetType().GetMethod("LoadWeights", [typeof(WeightSource), typeof(Device), typeof(string)])!;
        load.Invoke(layer, BindingFlags.DoNotWrapExceptions, null, [weights, device, ""], null);
        run = layer.GetType().GetMethods().Single(method => method.Name == "Run" && method.ReturnType == typeof(void));
        resultTypes = [.. run.GetParameters().Select(p => p.ParameterType).Skip(compiled.Case.Inputs.Length)];
    }

    public object[] NewResults() =>
        [.. resultTypes.Select(type => type == typeof(RaggedMatrix) ? new RaggedMatrix() : (object)new Matrix(0, 0))];

    public Result[] Run(object[] inputs)
    {
        object[] results = NewResults();
        Run(inputs, results);
        return [.. results.Select(Result.Of)];
    }

    /// <summary>Into results that may have been filled before.</summary>
    public void Run(object[] inputs, object[] results) =>
        run.Invoke(layer, BindingFlags.DoNotWrapExceptions, null, [.. inputs, .. results], null);

    public void Dispose() => (layer as IDisposable)?.Dispose();
}
