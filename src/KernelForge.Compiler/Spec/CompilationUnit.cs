namespace KernelForge.Compiler.Spec;

/// <summary>One layer or model to compile, with every layer and function that it reaches: all that the compiler reads.</summary>
/// <param name="HasRuntime">Whether the compilation references the runtime: without it only the description part is generated.</param>
public sealed record CompilationUnit(LayerSpec Root, EquatableArray<LayerSpec> Layers, EquatableArray<FunctionSpec> Functions, bool HasRuntime);
