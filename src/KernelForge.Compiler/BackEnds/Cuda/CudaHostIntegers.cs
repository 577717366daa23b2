using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>The methods of a program that compute, for each batch, lengths of row spaces and integers of rows.</summary>
internal static class CudaHostIntegers
{
    public static void Write(CodeWriter writer, KernelPlan plan, ProgramNames names)
    {
        string batch = names.Batch, sequence = names.Unique("sequence"), row = names.Unique("row"), start = names.Unique("start");
        Step[] steps = [.. Step.All(plan.Steps)];
        RowSpace[] spaces = [.. plan.RowSpaces.Where(s => s.Lengths is not null && (!s.IsLocal || steps.Contains(new Step.Lengths(s.Id))))];
        PlanIntegers[] all = [.. plan.HostIntegers.Where(i => !i.IsLocal || steps.Contains(new Step.Integers(i.Id)))];
        if (spaces.Length > 0)
        {
            Open("Lengths", "space", "lengths");
            foreach (RowSpace space in spaces)
            {
                CudaGiven given = CudaGiven.Of(plan, space);
                HostIntegers host = Host(given);
                Case(space.Id, given);
                writer.Line($"    for (int {sequence} = 0; {sequence} < lengths.Length; {sequence}++)");
                string words = CSharpText.Literal(HostIntegers.Words(plan, space.Lengths!));
                string length = $"RunCheck.Length({host.Length(space, sequence)}, {sequence}, {CSharpText.Literal(plan.Name)}, {words})";
                writer.Line(LongLine.Broken($"        lengths[{sequence}] = {length};"));
                Break(given);
            }
            writer.Close().Close().Line();
        }

        if (all.Length == 0) return;
        Open("Integers", "number", "values");
        foreach (PlanIntegers integers in all)
        {
            CudaGiven given = CudaGiven.Of(plan, integers);
            HostIntegers host = Host(given);
            string offsets = $"{batch}.Offsets({given.Number(integers.RowSpace)})";
            Case(integers.Id, given);
            writer.Line($"    for (int {sequence} = 0; {sequence} < {offsets}.Length - 1; {sequence}++)");
            writer.Open();
            // Positions count from the sequence's first row, which an incremental run may not have in memory.
            string before = plan.GoesOn is null ? "" : $" - {batch}.Base({given.Number(integers.RowSpace)}, {sequence})";
            writer.Line($"int {start} = {offsets}[{sequence}]{before};");
            writer.Line($"for (int {row} = {(before.Length == 0 ? start : $"{offsets}[{sequence}]")}; {row} < {offsets}[{sequence} + 1]; {row}++)");
            writer.Line(LongLine.Broken($"    values[{row}] = {host.Value(integers, row, sequence, $"{row} - {start}")};"));
            writer.Close();
            foreach (TableLookup lookup in TableLookup.Of(plan).Where(l => l.Source is RowInteger.Host h && h.Number == integers.Id))
            {
                string words = CSharpText.Literal(HostIntegers.Words(plan, integers.Value)), path = CSharpText.Literal(lookup.Table.Path.ToString());
                writer.Line(LongLine.Broken(
                    $"    RunCheck.Indices({offsets}, values, {names.Scalar(lookup.Factor)}, {names.Scalar(lookup.Offset)}, "
                    + $"{names.Size(lookup.Count)}, {words}, {path});"));
            }
            Break(given);
        }
        writer.Close().Close().Line();

        HostIntegers Host(CudaGiven given) => new(
            plan, names.Scalar, (input, types) => $"{batch}.{(types ? "Types" : "Ids")}({CudaText.Integer(input)})",
            space => $"{batch}.Length({given.Number(space)}, {sequence})");

        void Case(int number, CudaGiven given)
        {
            writer.Line($"case {CudaText.Integer(number)}:");
            if (!given.IsAny) return;
            writer.Open();
            given.WriteIndices(writer, names);
        }

        void Break(CudaGiven given)
        {
            writer.Line("    break;");
            if (given.IsAny) writer.Close();
        }

        void Open(string method, string number, string values)
        {
            writer.Line("/// <inheritdoc/>");
            writer.Open($"protected override void {method}(int {number}, ReadOnlySpan<int> given, CudaBatch {batch}, Span<int> {values})");
            writer.Open($"switch ({number})");
        }
    }
}
