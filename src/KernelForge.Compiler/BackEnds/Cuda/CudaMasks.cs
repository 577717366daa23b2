using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// The masks of attentions whose keys go on with the queries, as code of the host: before an incremental run it makes sure that no new query sees a key that
/// has not come yet.
/// </summary>
internal sealed class CudaMasks(KernelPlan plan, ProgramNames names)
{
    private readonly List<string> masks = [];

    /// <summary>The statement of the schedule that says what the queries of a kernel see.</summary>
    public string Add(AttentionKernel kernel)
    {
        List<string> given = [];
        var cover = CoverExpression.CSharp(new MaskBounds(kernel.Operands, plan.RowSpaces), Host, OfSequence);
        string text = cover.Print(kernel.Mask!);
        int number = masks.IndexOf(text);
        if (number < 0)
        {
            number = masks.Count;
            masks.Add(text);
        }
        string arguments = string.Concat(given.Select(g => ", " + g));
        return $"{names.Run}.SeesNoFurther({names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)}, {CudaText.Integer(number)}{arguments});";

        // What differs from layer to layer is given with the number, so that one text serves all.
        string Host(Scalar value, string type)
        {
            switch (value)
            {
                case Scalar.Number n when type == "int": return CudaText.Integer(n.Value);
                case Scalar.Truth t: return t.Value ? "true" : "false";
            }
            string scalar = names.Scalar(value);
            given.Add(type switch
            {
                "int" => scalar,
                "bool" => $"({scalar}) ? 1 : 0",
                _ => $"BitConverter.SingleToInt32Bits((float)({scalar}))",
            });
            string at = $"given[{CudaText.Integer(given.Count - 1)}]";
            return type switch { "int" => at, "bool" => $"({at} != 0)", _ => $"BitConverter.Int32BitsToSingle({at})" };
        }

        string OfSequence(Expression e) => e switch
        {
            Expression.Length l => plan.RowSpaces[l.Space].SequencesOf is not null ? "1" : $"batch.Length({CudaText.Integer(l.Space)}, sequence)",
            _ => throw new NotSupportedException($"{e.GetType().Name} in the mask of rows that go on"),
        };
    }

    /// <summary>The method that tells.</summary>
    public void WriteSight(CodeWriter writer)
    {
        if (masks.Count == 0) return;
        writer.Line("/// <inheritdoc/>");
        writer.Line("protected override Coverage Sees(");
        writer.Line("    int mask, ReadOnlySpan<int> given, CudaBatch batch, int sequence, Interval i, Interval j) => mask switch");
        writer.Open();
        for (int n = 0; n < masks.Count; n++) writer.Line(LongLine.Broken($"{CudaText.Integer(n)} => {masks[n]},"));
        writer.Line("_ => base.Sees(mask, given, batch, sequence, i, j),");
        writer.Close(";").Line();
    }
}
