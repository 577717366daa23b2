using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>The methods that compute widths which the passes of a loop make of each other: see <see cref="Scalar.Recurring"/>.</summary>
internal static class RecurringWidths
{
    /// <param name="plan">The plan.</param>
    /// <param name="writer">Within the class.</param>
    /// <param name="hyper">The text of a hyper-parameter.</param>
    public static void Write(KernelPlan plan, CodeWriter writer, Func<string, string> hyper)
    {
        foreach (Scalar.Recurrence r in plan.Recurrences)
        {
            string parameters = string.Concat(r.Outer.Select(o => ", int " + Index(o))), index = Index(r.Index);
            writer.Line("/// <summary>A width in a pass of a loop, from the passes before it.</summary>");
            writer.Open($"private int {r.Name}(int kf_pass{parameters})");
            writer.Line($"int kf_width = {Text(r.Initial)};");
            writer.Line($"for (int {index} = {Text(r.Start)}; {index} < kf_pass; {index}++) kf_width = {Text(r.Step)};");
            writer.Line("return kf_width;");
            writer.Close().Line();
        }

        string Text(Scalar value) => ScalarText.Of(value, h => hyper(h.Name), i => Index(i.Name));

        // Hyper-parameters have the names that they want.
        static string Index(string name) => "kf_" + name;
    }
}
