using System.Globalization;
using System.Reflection;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Verification;

/// <summary>A plan's sizes for one configured model: what the generated part keeps of its hyper-parameters.</summary>
internal sealed class HyperValues(ICompiledLayer layer)
{
    /// <summary>The value of a size, or null where it depends on more than integers that the model keeps.</summary>
    public int? Of(Size size) => Of(size.ToScalar()) is { } value and >= 0 and <= int.MaxValue ? (int)value : null;

    private long? Of(Scalar value) => value switch
    {
        Scalar.Number { IsInteger: true } n => (long)n.Value,
        Scalar.Hyper h => Field(h.Name) is { } kept and (int or Enum) ? Convert.ToInt64(kept, CultureInfo.InvariantCulture) : null,
        Scalar.Count { Array: Scalar.Hyper h } => (Field(h.Name) as Array)?.Length,
        Scalar.Item { Array: Scalar.Hyper h } i when Field(h.Name) is int[] array =>
            Of(i.At) is { } index && index >= 0 && index < array.Length ? array[index] : null,
        Scalar.Unary { Op: UnaryOp.Negate } u => -Of(u.Operand),
        Scalar.Binary { Op: BinaryOp.Add } b => Of(b.Left) + Of(b.Right),
        Scalar.Binary { Op: BinaryOp.Subtract } b => Of(b.Left) - Of(b.Right),
        Scalar.Binary { Op: BinaryOp.Multiply } b => Of(b.Left) * Of(b.Right),
        Scalar.Binary { Op: BinaryOp.Divide } b when Of(b.Right) is not (null or 0) => Of(b.Left) / Of(b.Right),
        _ => null,
    };

    private object? Field(string name) =>
        layer.GetType().GetField("kf_" + name, BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(layer);
}
