namespace KernelForge.Compiler.Spec;

/// <summary>A class with layer functions, as its generated part reopens it.</summary>
/// <param name="Id">The full name of the class.</param>
/// <param name="Declarations">The types around it and then itself, as in <see cref="LayerSpec.ContainingTypes"/>.</param>
public sealed record FunctionClass(
    string Id, string Namespace, EquatableArray<string> Declarations, EquatableArray<FunctionSpec> Functions);
