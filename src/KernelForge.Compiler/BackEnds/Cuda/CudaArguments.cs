using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.BackEnds.Cuda;

/// <summary>
/// What a kernel is given. What the host knows when a model is loaded becomes a constant of the text (<c>HIDDEN</c>), which makes machine code
/// for these sizes; what differs from layer to layer, and everything in memory, becomes a parameter.
/// </summary>
internal sealed class CudaArguments(KernelPlan plan, ProgramNames names, ProgramParameters parameters)
{
    private readonly HashSet<string> taken = new(CudaText.Reserved, StringComparer.Ordinal);
    private readonly HashSet<string> takenConstants = new(StringComparer.Ordinal)
    {
        // What the runtime chooses for each launch.
        "ELEMENT", "TILE_M", "TILE_N", "WARP_M", "WARP_N", "WARPS", "WARP_Q", "KEY_TILE", "WHOLE", "STAGES", "BLOCKS", "ROWS", "ROW_WARPS", "SLOTS",
        "KEPT", "PARTS",
        "INFINITY", "NAN", "NULL",
    };

    private readonly List<(string Name, string Value)> definitions = [];
    private readonly List<(string Type, string Name, string Value)> all = [];

    /// <summary>The kernel's parameters: <c>const int* ids</c>, in order.</summary>
    public IEnumerable<string> Declarations => all.Select(a => a.Type + " " + a.Name);

    /// <summary>The C# that gives constants and arguments: <c>.Define("HIDDEN", hidden)</c>, <c>.Add(x)</c>.</summary>
    public IEnumerable<string> Calls =>
        definitions.Select(d => $".Define(\"{d.Name}\", {d.Value})").Concat(all.Select(a => $".Add({a.Value})"));

    /// <summary>Names of the constants.</summary>
    public IEnumerable<string> Constants => definitions.Select(d => d.Name);

    /// <summary>A name for something that the text itself declares.</summary>
    public string Local(string wanted) => ProgramNames.Unique(taken, wanted);

    /// <summary>The parameter that is a view of a buffer's columns.</summary>
    public string View(View view, bool written = false)
    {
        Size whole = plan.Buffers[view.Buffer].Columns;
        bool isWhole = view.Start.Equals(Ir.Size.Zero) && view.Columns.Equals(whole);
        string part = isWhole ? "" : $", {Size(whole)}, {Size(view.Start)}";
        string type = $"View<{(written ? "" : "const ")}{ElementOf(view)}, {Size(view.Columns)}{part}>";
        return Add(type, ProgramNames.Camel(plan.Buffers[view.Buffer].Name), names.Buffer(view.Buffer));
    }

    /// <summary>
    /// The parameter that is a view of rows together with those of earlier runs: in an ordinary run the buffer's own columns, in an incremental one a buffer of
    /// them alone.
    /// </summary>
    /// <param name="kept">The variable of the schedule: see <see cref="CudaKeptRows"/>.</param>
    public string KeptView(View view, string kept)
    {
        string columns = Size(view.Columns), whole = Size(plan.Buffers[view.Buffer].Columns), start = Size(view.Start);
        string part = columns == whole ? "" : $", {Kept} ? ({columns}) : ({whole}), {Kept} ? 0 : ({start})";
        return Add($"View<const {ElementOf(view)}, {columns}{part}>", ProgramNames.Camel(kept), kept + ".View");
    }

    /// <summary>The constant that says whether the launch is of an incremental run.</summary>
    public string Kept
    {
        get
        {
            const string name = "KEPT";
            if (!definitions.Exists(d => d.Name == name)) definitions.Add((name, names.Run + ".Continues"));
            return name;
        }
    }

    /// <summary>The type of a buffer's elements: whole numbers are floats in every precision.</summary>
    public string ElementOf(View view) => plan.Buffers[view.Buffer].HoldsWholeNumbers ? "float" : "Element";

    /// <summary>The parameter that is a vector or table of the model.</summary>
    public string Parameter(int number)
    {
        PlanParameter parameter = plan.Parameters[number];
        return Add($"View<const Element, {Size(parameter.Columns)}>", parameters.ShortName(number), parameters.Field(number));
    }

    /// <summary>The parameter that is an array of integers of the batch.</summary>
    public string Integers(string name, string value) => Add("const int*", name, value);

    /// <summary>Elements by their address alone: what the device library reads by itself.</summary>
    public string Elements(string name, string value) => Add("const Element*", name, value);

    /// <summary>A number that the host computes for each launch.</summary>
    public string Number(string type, string name, string value) => Add(type, name, value);

    /// <summary>A size as a constant expression: <c>3 * HIDDEN</c>.</summary>
    public string Size(Size size) => Integer(size.ToScalar());

    /// <summary>A host value as float, double, int or bool.</summary>
    /// <param name="role">What it is called where it has no name of its own.</param>
    public string Host(Scalar value, string type, string role = "value")
    {
        switch (value)
        {
            case Scalar.Number n: return type == "int" ? CudaText.Integer(n.Value) : CudaText.Real(n.Value, type == "double");
            case Scalar.Truth t: return t.Value ? "true" : "false";
        }
        string text = names.Scalar(value);
        bool simple = value is Scalar.Hyper;
        string argument = type == "float" ? "(float)" + (simple ? text : "(" + text + ")") : text;
        string wanted = value is Scalar.Hyper h ? h.Name : role;
        return DependsOnLoop(value) ? Add(type, wanted, argument) : Define(wanted, argument);
    }

    /// <summary>The function that a configuration names: <c>ACTIVATION</c> stands for <c>gelu_as</c>.</summary>
    public string Activation(Scalar activation)
    {
        string text = names.Scalar(activation);
        string kind = (activation is Scalar.Hyper ? text : "(" + text + ")") + ".Kind";
        return Define(activation is Scalar.Hyper h ? h.Name : "activation", kind);
    }

    private string Integer(Scalar value, int outer = 0)
    {
        switch (value)
        {
            case Scalar.Number n: return CudaText.Integer(n.Value);
            case Scalar.Hyper { OfKind: ValueKind.Integer, IsNullable: false } h: return Define(h.Name, names.Scalar(value));
            case Scalar.Binary { Op: BinaryOp.Add or BinaryOp.Subtract or BinaryOp.Multiply or BinaryOp.Divide } b:
                int level = OperatorText.Level(b.Op);
                string text = $"{Integer(b.Left, level)} {OperatorText.Symbol(b.Op)} {Integer(b.Right, level + 1)}";
                return level < outer ? "(" + text + ")" : text;
            // A width that differs from layer to layer is a constant of each: the kernel is compiled for each.
            default: return Define("columns", names.Scalar(value));
        }
    }

    private string Define(string wanted, string value)
    {
        foreach ((string Name, string Value) d in definitions)
            if (d.Value == value) return d.Name;
        string name = ProgramNames.Unique(takenConstants, CudaText.Constant(wanted));
        definitions.Add((name, value));
        return name;
    }

    private string Add(string type, string wanted, string value)
    {
        foreach ((string Type, string Name, string Value) a in all)
            if (a.Type == type && a.Value == value) return a.Name;
        string name = Local(wanted);
        all.Add((type, name, value));
        return name;
    }

    private static bool DependsOnLoop(Scalar value) => ScalarText.Indices(value).Any();
}
