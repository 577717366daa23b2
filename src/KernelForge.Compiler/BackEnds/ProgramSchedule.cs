using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// A plan's steps as C#: kernels, loops and branches as the plan has them. A buffer as wide as a loop's index says is declared within that loop,
/// all others before the first kernel.
/// </summary>
internal abstract class ProgramSchedule(KernelPlan plan, ProgramNames names, CodeWriter writer)
{
    protected KernelPlan Plan { get; } = plan;

    protected ProgramNames Names { get; } = names;

    protected CodeWriter Writer { get; } = writer;

    /// <summary>The row spaces, each behind those that it is made from: sequences behind the rows of inputs, computed lengths last.</summary>
    protected IEnumerable<RowSpace> Spaces => Plan.RowSpaces.OrderBy(s => s.Lengths is not null ? 2 : s.SequencesOf is not null ? 1 : 0);

    /// <summary>Runs a kernel.</summary>
    protected abstract void WriteKernel(Kernel kernel);

    /// <summary>Declares a buffer.</summary>
    protected abstract void WriteView(PlanBuffer buffer);

    protected void WriteViews()
    {
        foreach (PlanBuffer b in Plan.Buffers.Where(b => !b.Columns.LoopIndices.Any())) WriteView(b);
    }

    protected void WriteSteps() => Write(Plan.Steps, []);

    /// <summary>Opens a loop of the plan.</summary>
    protected void OpenLoop(Step.Loop loop)
    {
        string index = Names.Index(loop.Index);
        string end = Names.Scalar(loop.End, OperatorText.Level(BinaryOp.Less) + 1);
        Writer.Open($"for (int {index} = {Names.Scalar(loop.Start)}; {index} < {end}; {index}++)");
    }

    protected static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private void Write(IEnumerable<Step> steps, IReadOnlyList<string> loops)
    {
        foreach (Step step in steps)
        {
            switch (step)
            {
                case Step.Run r:
                    WriteKernel(r.Kernel);
                    break;
                case Step.Loop l:
                    OpenLoop(l);
                    List<string> inner = [.. loops, l.Index];
                    foreach (PlanBuffer b in Plan.Buffers.Where(b => b.Columns.LoopIndices.Contains(l.Index)))
                    {
                        // Widths of outer loops' indices too: in the innermost of them.
                        if (b.Columns.LoopIndices.All(inner.Contains)) WriteView(b);
                    }
                    Write(l.Body, inner);
                    Writer.Close();
                    break;
                case Step.Branch b:
                    Writer.Open($"if ({Names.Scalar(b.Condition)})");
                    Write(b.Then, loops);
                    Writer.Close();
                    if (b.Else.Count == 0) break;
                    Writer.Open("else");
                    Write(b.Else, loops);
                    Writer.Close();
                    break;
                default:
                    throw new NotSupportedException(step.GetType().Name);
            }
        }
    }
}
