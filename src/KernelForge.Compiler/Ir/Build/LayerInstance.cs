using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>A layer at its place in the description: its hyper-parameters in terms of the outermost layer's, and the way to its weights.</summary>
internal sealed record LayerInstance(LayerSpec Spec, IReadOnlyDictionary<string, Scalar> Hypers, EquatableArray<PathSegment> Path);
