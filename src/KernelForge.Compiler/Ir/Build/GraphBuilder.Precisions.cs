using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    /// <summary>Refuses a precision that chooses nothing. Inner layers are looked at as they are compiled themselves.</summary>
    private void RequireProducts()
    {
        LayerSpec root = unit.Root;
        Require(root.Precision, root.Span, root.Name, parameters);
        foreach (FieldSpec field in root.Fields)
            Require(field.Precision, field.Span, field.Name, parameters.Where(p => p.Path.Segments[0].Name == field.Name));

        void Require(ProductPrecision? precision, SourceSpan span, string name, IEnumerable<PlanParameter> below)
        {
            if (precision is { } said && !Enum.IsDefined(typeof(ProductPrecision), said))
                throw Fail(Rules.NoProduct, span, $"'{name}' has the precision {said}, and there is none of that number");
            if (precision is null || below.Any(p => p.Use is ParameterUse.Linear or ParameterUse.Bank)) return;
            throw Fail(Rules.NoProduct, span, $"'{name}' multiplies no rows with weights, so that [Precision] chooses nothing; remove it");
        }
    }
}
