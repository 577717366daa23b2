using System.Globalization;
using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Text;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>An attention kernel: the products and the softmax are the device library's; here stand the layer's score and mask.</summary>
internal static class CudaAttentionKernel
{
    private static readonly string[] DeviceFiles =
    [
        "types", "views", "math", "reduce", "mma", "async", "interval", "attention_rows", "attention_score", "attention_mma", "attention_fma",
        "attention",
    ];

    /// <param name="tables">Tells the program of each table of differences, and gives its number.</param>
    /// <param name="masks">Tells the program what queries see whose keys go on.</param>
    public static CudaKernel Write(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, AttentionKernel kernel, string field, CudaTables tables, CudaMasks masks) =>
        new Writer(plan, names, parameters, kernel, tables, masks).Write(field);

    private sealed class Writer(
        KernelPlan plan, ProgramNames names, ProgramParameters parameters, AttentionKernel kernel, CudaTables tables, CudaMasks masks)
    {
        /// <summary>What the kernel has of keys and values of earlier runs, as <c>CudaKeptKeys</c> gives it.</summary>
        private static readonly string[] KeptParameters = ["const int* blockStarts", "const u64* blocks", "int keyPlace", "int valuePlace"];

        /// <summary>What the launch adds for those sequences that it takes part by part.</summary>
        private static readonly string[] PartParameters = ["const AttentionPart* parts", "const int* partCount", "float* results"];

        private readonly CudaArguments arguments = new(plan, names, parameters);
        private readonly CudaKeptRows keptRows = new(plan, names, kernel.Operands);

        public CudaKernel Write(string field)
        {
            if (kernel.IsKept) foreach (string parameter in KeptParameters.Concat(PartParameters)) arguments.Local(NameOf(parameter));
            string query = Elements("query", kernel.Query), key = Elements("key", kernel.Key), value = Elements("value", kernel.Value);
            string output = arguments.Number("Element*", "output", names.Buffer(kernel.Output.Buffer));
            int first = arguments.Declarations.Count();
            var pair = new CodeWriter();
            WritePair(pair);
            string[] members = [.. arguments.Declarations.Skip(first)];
            string scale = arguments.Host(kernel.Scale, "float", "scale");

            var writer = new CodeWriter();
            CudaKernel.WriteHead(writer, kernel.Summary,
            [
                "Grid: heads by work items. A work item is WARPS * WARP_Q queries of a sequence. Block: WARPS warps.",
                "Shared memory: the queries' tile, then STAGES times KEY_TILE keys and as many values.",
                .. kernel.IsKept ? ["With PARTS, for few new queries over kept keys: a block is one warp, and takes turns over parts of the keys."]
                    : (string[])[],
            ]);
            WriteLayout(writer);
            writer.Open("struct Pair");
            foreach (string member in members) writer.Line(member + ";");
            if (members.Length > 0) writer.Line();
            writer.Line(pair.ToString().TrimEnd('\n')).Close(";").Line();

            CudaKernel.WriteSignature(
                writer, CudaKernel.NameOf(kernel), "attention_threads, BLOCKS", arguments,
                [.. kernel.IsKept ? KeptParameters : [], "const WorkItem* work", "const int* workCount", .. kernel.IsKept ? PartParameters : []]);
            Size[] shape = [kernel.Heads, kernel.KeyValueHeads, kernel.HeadWidth, kernel.ValueWidth];
            string sizes = string.Join(", ", shape.Select(arguments.Size));
            string given = string.Join(", ", members.Select(NameOf)), kept = "";
            if (kernel.IsKept)
            {
                string places = string.Join(", ", KeptParameters.Skip(2).Select(NameOf));
                kept = $"KeptKeys<{arguments.Size(kernel.Key.Columns)}, {arguments.Size(kernel.Value.Columns)}>{{{{blockStarts, blocks}}, {places}}}";
                writer.Line("#ifdef PARTS");
                writer.Line($"attention_parts<{sizes}, Layout>({At(query, kernel.Query)}, {kept},");
                writer.Line($"    results, parts, *partCount, {scale}, Pair{{{given}}});");
                writer.Line("#else");
                kept = ",\n    " + kept;
            }
            writer.Line($"attention<{sizes}, Layout>({At(query, kernel.Query)}, {At(key, kernel.Key)}, {At(value, kernel.Value)},");
            writer.Line($"    {At(output, kernel.Output)}, work, *workCount, {scale}, Pair{{{given}}}{kept});");
            if (kernel.IsKept) writer.Line("#endif");
            writer.Close();

            string widths = string.Join(", ", new[] { kernel.Heads, kernel.HeadWidth, kernel.ValueWidth }.Select(names.Size));
            bool hasScore = kernel.Score is not null || (kernel.Mask is { } mask && mask.All().Any(Reads));
            string launch = $".Attention({names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)}, {widths}{(hasScore ? ", hasScore: true" : "")})";
            if (!kernel.IsKept)
            {
                return new CudaKernel(CudaKernel.NameOf(kernel), field, DeviceFiles, writer.ToString(),
                    kernel.Summary, CudaKernel.LaunchStatement(field, arguments, launch, keptRows.Statements));
            }
            _ = arguments.Kept;
            widths = string.Join(", ", new[] { kernel.Heads, kernel.KeyValueHeads, kernel.HeadWidth, kernel.ValueWidth }.Select(names.Size));
            launch = $".KeptAttention({names.Space(kernel.Rows)}, {names.Space(kernel.KeyRows)}, {names.View(kernel.Output, "Columns")}, {widths}, "
                + $"softmax: {(kernel.Softmax ? "true" : "false")}{(hasScore ? ", hasScore: true" : "")})";
            string variable = names.Unique("kept" + ProgramNames.Pascal(kernel.Name));
            string[] files = [.. DeviceFiles.Take(2), "kept", .. DeviceFiles.Skip(2), "attention_parts", "attention_decode"];
            return new CudaKernel(CudaKernel.NameOf(kernel), field, files, writer.ToString(), kernel.Summary,
                CudaKernel.LaunchStatement(field, arguments, $".Add({variable})" + launch, [.. keptRows.Statements, .. Keeping(variable)]));
        }

        private IEnumerable<string> Keeping(string variable)
        {
            string rows = $"{names.View(kernel.Key, "Columns")}, {names.View(kernel.Value, "Columns")}, {names.Space(kernel.KeyRows)}";
            yield return $"CudaKeptKeys {variable} = {names.Run}.KeepKeys({rows}, {KeptReach.Text(names, KeptReach.Of(kernel))});";
            if (kernel.Mask is not null && plan.HasRowsThatGoOn(kernel.KeyRows)) yield return masks.Add(kernel);
        }

        private static string NameOf(string parameter) => parameter.Substring(parameter.LastIndexOf(' ') + 1);

        private static bool Reads(Expression e) =>
            e is Expression.Element or Expression.TokenElement or Expression.IntegerElement or Expression.Length or Expression.Fold;

        private string Elements(string name, View view) => arguments.Number("const Element*", name, names.Buffer(view.Buffer));

        private string At(string name, View view) => view.Start.Equals(Size.Zero) ? name : $"{name} + {arguments.Size(view.Start)}";

        private void WriteLayout(CodeWriter writer)
        {
            writer.Open("struct Layout");
            (string Name, View View)[] views =
                [("query", kernel.Query), ("key", kernel.Key), ("value", kernel.Value), ("output", kernel.Output)];
            foreach ((string name, View view) in views)
                writer.Line($"static constexpr int {name}Stride = padded({arguments.Size(plan.Buffers[view.Buffer].Columns)});");
            View[] started = [.. new[] { kernel.Query, kernel.Key, kernel.Value, kernel.Output }.Where(v => !v.Start.Equals(Size.Zero))];
            IEnumerable<string> aligns = started.Select(v => $"({arguments.Size(v.Start)}) % 8 == 0").Distinct();
            string aligned = started.Length == 0 ? "true" : string.Join(" && ", aligns);
            writer.Line($"static constexpr bool aligned = {aligned};");
            bool ends = (kernel.Output.Start + kernel.Output.Columns).Equals(plan.Buffers[kernel.Output.Buffer].Columns);
            string whole = arguments.Size(plan.Buffers[kernel.Output.Buffer].Columns);
            string padding = ends ? $"outputStride - {(whole.Contains(' ') ? "(" + whole + ")" : whole)}" : "0";
            writer.Line($"static constexpr int outputPadding = {padding};");
            writer.Close(";").Line();
        }

        private void WritePair(CodeWriter writer)
        {
            var extents = new Dictionary<Expression, Size> { [new Expression.Head()] = kernel.Heads };
            writer.Line($"static constexpr bool softmax = {(kernel.Softmax ? "true" : "false")};");
            writer.Line($"static constexpr bool plain = {(kernel.Score is null ? "true" : "false")};");
            writer.Line($"static constexpr bool allVisible = {(kernel.Mask is null ? "true" : "false")};").Line();
            WriteFunction("float score(float s, Place i, Place j, int head)", kernel.Score, "s");
            WriteFunction("bool visible(Place i, Place j, int head)", kernel.Mask, "true");
            string item = arguments.Local("item");
            string cover = kernel.Mask is null
                ? "Coverage::All"
                : CoverExpression.Cuda(new MaskBounds(kernel.Operands, plan.RowSpaces), (value, type) => arguments.Host(value, type), e => OfSequence(e, item)).Print(kernel.Mask);
            string signatureOfCover = $"__device__ __forceinline__ Coverage cover(Interval i, Interval j, const WorkItem& {item}) const";
            string inLine = $"{signatureOfCover} {{ return {cover}; }}";
            if (inLine.Length < LongLine.Width) writer.Line(inLine);
            else writer.Open(signatureOfCover).Line(LongLine.Broken($"return {cover};")).Close();

            void WriteFunction(string signature, Expression? value, string otherwise)
            {
                var block = new CodeBlock();
                var rows = new CudaRowNames(plan, names, arguments, block, of => of == RowOf.Key ? kernel.KeyRows : kernel.Rows);
                var code = new CudaElementCode(plan, names, arguments, kernel.Operands, rows, extents, keptRows, Lookup);
                string text = value is null ? otherwise : code.Print(value, block);
                if (block.IsEmpty) writer.Line($"__device__ __forceinline__ {signature} const {{ return {text}; }}");
                else writer.Open($"__device__ __forceinline__ {signature} const").Line(block.Text).Line($"return {text};").Close();
            }
        }

        private string OfSequence(Expression e, string item)
        {
            switch (e)
            {
                case Expression.Length l when plan.RowSpaces[l.Space].SequencesOf is not null: return "1";
                case Expression.Length l when l.Space == kernel.Rows: return item + ".queryLength";
                case Expression.Length l when l.Space == kernel.KeyRows: return item + ".keyLength";
                case Expression.Length l:
                    string offsets = arguments.Integers(ProgramNames.Camel(plan.RowSpaces[l.Space].Name) + "Offsets", names.Offsets(l.Space));
                    string length = $"{offsets}[{item}.sequence + 1] - {offsets}[{item}.sequence]";
                    if (plan.GoesOn is null) return length;
                    return $"{length} + {arguments.Integers(ProgramNames.Camel(plan.RowSpaces[l.Space].Name) + "Bases", names.Bases(l.Space))}[{item}.sequence]";
                case Expression.IntegerElement i:
                    RowInteger value = ((ElementOperand.Integers)kernel.Operands[i.Number]).Value;
                    return CudaOperands.Integer(plan, names, arguments, value, item + ".sequence", "0");
                default: throw new NotSupportedException(e.GetType().Name);
            }
        }

        private string? Lookup(Expression e)
        {
            if (!DifferenceFunction.Is(e)) return null;
            int number = tables.Add(kernel, e);
            string table = arguments.Integers("table", names.Table(number, kernel)), zero = arguments.Integers("zero", names.Zero(number, kernel));
            return $"{table}[i.position - j.position + *{zero}]";
        }
    }
}
