using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cpu;

/// <summary>The loop over features from <c>first</c> to <c>end</c>, a vector at a time: in stretches where lanes end between them.</summary>
internal static class CpuStretches
{
    /// <param name="ofStretch">The block that runs once a stretch.</param>
    /// <param name="ofFeature">The block that runs once a vector.</param>
    /// <param name="last">What ends a turn.</param>
    /// <param name="step">How the loop goes on.</param>
    public static void Write(
        CodeWriter writer, CpuLanes lanes, CpuLaneCode code, CodeBlock ofStretch, CodeBlock ofFeature, string last, string step)
    {
        if (lanes.Breaks.Count == 0)
        {
            writer.Open($"for (int f = first; f < end; {step})");
            if (!ofFeature.IsEmpty) writer.Line(ofFeature.Text);
            writer.Line(last).Close();
            return;
        }
        string stop = code.Stop("f", "end", ofStretch);
        writer.Open("for (int f = first, stop; f < end; f = stop)");
        if (!ofStretch.IsEmpty) writer.Line(ofStretch.Text);
        writer.Line(LongLine.Broken($"stop = {stop};"));
        writer.Open($"for (; f < stop; {step})");
        if (!ofFeature.IsEmpty) writer.Line(ofFeature.Text);
        writer.Line(last).Close().Close();
    }
}
