using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds;

/// <summary>
/// A plan's steps as C#: kernels, loops and branches as the plan has them. A buffer whose shape the host knows only within a loop or an arm of a branch is
/// declared there, in front of the first step that touches it, all others before the first kernel.
/// </summary>
internal abstract class ProgramSchedule(KernelPlan plan, ProgramNames names, CodeWriter writer)
{
    private readonly BufferScopes scopes = new(plan);

    protected KernelPlan Plan { get; } = plan;

    protected ProgramNames Names { get; } = names;

    protected CodeWriter Writer { get; } = writer;

    /// <summary>Buffers that are declared before the first kernel.</summary>
    protected IEnumerable<PlanBuffer> Buffers => Plan.Buffers.Where(b => !scopes.IsLocal(b));

    /// <summary>
    /// The row spaces that are there before the first kernel, each behind those that it is made from: sequences behind the rows of inputs, computed lengths last.
    /// </summary>
    protected IEnumerable<RowSpace> Spaces =>
        Plan.RowSpaces.Where(s => !s.IsLocal).OrderBy(s => s.Lengths is not null ? 2 : s.SequencesOf is not null ? 1 : 0);

    /// <summary>Runs a kernel.</summary>
    protected abstract void WriteKernel(Kernel kernel);

    /// <summary>Declares a buffer.</summary>
    protected abstract void WriteView(PlanBuffer buffer);

    /// <summary>Computes a row space that has lengths of its own.</summary>
    protected abstract void WriteRows(RowSpace space);

    /// <summary>Computes integers.</summary>
    protected abstract void WriteIntegers(PlanIntegers integers);

    /// <summary>Names rows that the arms of a branch choose.</summary>
    protected abstract void WriteChosen(int space);

    /// <summary>Chooses rows from here on.</summary>
    /// <param name="declares">Whether it names them.</param>
    protected abstract void WriteChoice(int space, int from, bool declares = false);

    protected void WriteViews()
    {
        foreach (PlanBuffer b in Buffers) WriteView(b);
    }

    protected void WriteSteps()
    {
        Write(Plan.Steps);
        foreach (PlanBuffer b in scopes.DeclaredBefore(null)) WriteView(b);
    }

    /// <summary>Opens a loop of the plan.</summary>
    protected void OpenLoop(Step.Loop loop)
    {
        string index = Names.Index(loop.Index);
        string end = Names.Scalar(loop.End, OperatorText.Level(BinaryOp.Less) + 1);
        Writer.Open($"for (int {index} = {Names.Scalar(loop.Start)}; {index} < {end}; {index}++)");
    }

    protected static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a step is of those that are written now.</summary>
    protected virtual bool IsWritten(Step step) => true;

    /// <summary>Whether steps declare a buffer, or compute or choose rows.</summary>
    protected bool ShapesAnything(IEnumerable<Step> steps) => steps.Any(s => scopes.DeclaredBefore(s).Any() || s switch
    {
        Step.Lengths => true,
        Step.Loop l => l.Carried.Count > 0 || ShapesAnything(l.Body),
        Step.Branch b => b.Merged.Count > 0 || ShapesAnything(b.Then) || ShapesAnything(b.Else),
        _ => false,
    });

    private void Write(IEnumerable<Step> steps)
    {
        foreach (Step step in steps)
        {
            foreach (PlanBuffer b in scopes.DeclaredBefore(step)) WriteView(b);
            if (IsWritten(step)) Write(step);
        }
    }

    private void Write(Step step)
    {
        switch (step)
        {
            case Step.Run r:
                WriteKernel(r.Kernel);
                break;
            case Step.Lengths r:
                WriteRows(Plan.RowSpaces[r.Space]);
                break;
            case Step.Integers i:
                WriteIntegers(Plan.HostIntegers[i.Number]);
                break;
            case Step.Loop l:
                foreach (CarriedRows c in l.Carried) WriteChoice(c.Inside, c.Initial, declares: true);
                OpenLoop(l);
                Write(l.Body);
                foreach (CarriedRows c in l.Carried) WriteChoice(c.Inside, c.Next);
                Writer.Close();
                foreach (CarriedRows c in l.Carried) WriteChoice(c.Result, c.Inside, declares: true);
                break;
            case Step.Branch b:
                foreach (MergedRows m in b.Merged) WriteChosen(m.Result);
                Writer.Open($"if ({Names.Scalar(b.Condition)})");
                Write(b.Then);
                foreach (MergedRows m in b.Merged) WriteChoice(m.Result, m.Then);
                Writer.Close();
                if (b.Else.Count == 0 && b.Merged.Count == 0) break;
                Writer.Open("else");
                Write(b.Else);
                foreach (MergedRows m in b.Merged) WriteChoice(m.Result, m.Else);
                Writer.Close();
                break;
            default:
                throw new NotSupportedException(step.GetType().Name);
        }
    }
}
