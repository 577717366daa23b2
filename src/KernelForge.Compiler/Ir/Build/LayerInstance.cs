using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>A layer at its place in the description: its hyper-parameters in terms of the outermost layer's, and the way to its weights.</summary>
/// <param name="Precision">What its products are computed in, unless a field says otherwise; null: what the layer as a whole is loaded in.</param>
internal sealed record LayerInstance(
    LayerSpec Spec, IReadOnlyDictionary<string, Scalar> Hypers, EquatableArray<PathSegment> Path, ProductPrecision? Precision);
