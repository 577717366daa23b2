using KernelForge.Compiler.Spec;

namespace KernelForge.Generator.FrontEnd;

/// <summary>The layers and functions that a specification names, each once, in the order in which they stand there.</summary>
internal static class References
{
    public static IEnumerable<string> Layers(LayerSpec layer) => layer.Fields
        .Select(field => field switch { LayerField one => one.LayerId, LayersField many => many.LayerId, _ => null })
        .OfType<string>().Distinct();

    public static IEnumerable<string> Functions(LayerSpec layer) =>
        CallWalk.Calls(layer, CallTarget.Function).Select(call => call.Name).Distinct();

    public static IEnumerable<string> Functions(FunctionSpec function) => CallWalk.Names(function.Body, CallTarget.Function).Distinct();
}
