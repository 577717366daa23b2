using System.Collections.Immutable;
using System.Reflection;
using KernelForge.Compiler.Spec;
using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Compiling;

/// <summary>A case with the class that was made of it, or what went wrong.</summary>
/// <param name="Generated">Generated files that are its own: names and texts.</param>
internal sealed record Compiled(Case Case, Type? Layer, Failure? Failure, ImmutableArray<(string Name, string Text)> Generated)
{
    /// <summary>What the compiler was given; null where it was given nothing that holds together.</summary>
    public CompilationUnit? Unit { get; init; }

    /// <summary>A new layer without weights.</summary>
    public ILayer Make()
    {
        ConstructorInfo constructor = Layer!.GetConstructors().Single();
        return (ILayer)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. constructor.GetParameters().Select(Value)], null)!;
    }

    private object Value(ParameterInfo parameter)
    {
        int value = Case.Values[parameter.Name!];
        return parameter.ParameterType == typeof(bool) ? value != 0
            : parameter.ParameterType == typeof(Activation) ? new Activation((ActivationKind)value)
            : value;
    }
}
