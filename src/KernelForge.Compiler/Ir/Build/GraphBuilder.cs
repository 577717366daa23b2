using System.Globalization;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>
/// Specification → graph, by following the description's statements with symbolic values: layers, helpers and functions are inlined, loops and
/// branches stay. Shapes and row spaces are checked on the way, at the expression where they first disagree.
/// </summary>
/// <remarks>
/// The widths and row spaces of an input are unknown until a use decides them. The first use that does ends the attempt, and the
/// description is followed again with what was learned: as often as there are unknowns. So it is with values that a loop changes.
/// </remarks>
internal sealed partial class GraphBuilder
{
    private readonly CompilationUnit unit;
    private readonly Dictionary<string, LayerSpec> layers;
    private readonly Dictionary<string, FunctionSpec> functions;
    private readonly Dictionary<string, Size> widths;
    private readonly Dictionary<int, int> sameRows;

    // Inputs of a layer that it reads as tables; which it is given is for its users to say.
    private readonly HashSet<int> tables;

    private readonly List<RowSpace> spaces = [];
    private readonly List<GraphInput> inputs = [];
    private readonly List<PlanParameter> parameters = [];
    private readonly Dictionary<string, int> parameterIds = new(StringComparer.Ordinal);
    private readonly List<PlanCheck> checks = [];
    private readonly List<Value> values = [];
    private readonly Stack<(string Callee, string Caller, SourceSpan Call)> frames = new();
    private readonly HashSet<Finding> notes = [];
    private List<Node> body = [];

    private GraphBuilder(CompilationUnit unit, Dictionary<string, Size> widths, Dictionary<int, int> sameRows, HashSet<int> tables, LoopShapes shapes)
    {
        this.shapes = shapes;
        this.unit = unit;
        this.widths = widths;
        this.sameRows = sameRows;
        this.tables = tables;
        layers = unit.Layers.Append(unit.Root).GroupBy(l => l.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        functions = unit.Functions.ToDictionary(f => f.Id, f => f, StringComparer.Ordinal);
    }

    /// <exception cref="CompileException">The description breaks a rule.</exception>
    public static Graph Build(CompilationUnit unit)
    {
        Dictionary<string, Size> widths = new(StringComparer.Ordinal);
        Dictionary<int, int> sameRows = [];
        HashSet<int> tables = [];
        var shapes = new LoopShapes();
        while (true)
        {
            try { return new GraphBuilder(unit, widths, sameRows, tables, shapes).Follow(); }
            catch (LearnedException) { }
        }
    }

    /// <summary>Something about an input or a loop was learned: follow the description again.</summary>
    private sealed class LearnedException : Exception;

    private Graph Follow()
    {
        LayerSpec root = unit.Root;
        MethodSpec entry = root.Entry ?? throw Fail(Rules.NoEntry, root.Span, $"'{root.Name}' has neither a Forward method nor an indexer over Tokens");
        frames.Push((root.Id, root.Id, entry.Span));
        var instance = new LayerInstance(
            root, root.HyperParameters.ToDictionary(h => h.Name, h => (Scalar)new Scalar.Hyper(h.Name, h.Kind, h.IsNullable), StringComparer.Ordinal), [],
            Precision: null);
        Dictionary<string, Val> arguments = new(StringComparer.Ordinal);
        foreach (MethodParameter p in entry.Parameters) arguments[p.Name] = AddInput(p, entry);

        Val result = Execute(entry.Body, 0, new Scope(instance, arguments))
            ?? throw Fail(Rules.NoEntry, entry.Span, "not every path returns a value");
        Val[] results = result is Val.Tuple t ? [.. t.Items] : [result];
        List<View> outputs = [];
        HashSet<int> taken = [.. inputs.Select(i => i.Value)];
        foreach (Val r in results)
        {
            if (r is not Val.Rows rows || rows.Space == Val.Rows.Table || spaces[rows.Space].TableRows is not null)
                throw Fail(Rules.KindMismatch, entry.Span, $"the entry returns {Describe(r)}, expected tokens");
            View view = Store(rows, "output");
            // A result is a buffer of its own: the caller's destination takes its place.
            if (!view.Equals(values[view.Buffer].Whole) || !taken.Add(view.Buffer)) view = Copy(Val.Rows.Of(rows.Space, view), "output");
            taken.Add(view.Buffer);
            outputs.Add(view);
        }
        RequireBoundWidths(entry);
        var graph = new Graph(
            root, spaces.ToEquatableArray(), inputs.ToEquatableArray(), outputs.ToEquatableArray(),
            outputs.Select((_, i) => outputs.Count == 1 ? "output" : "output" + i.ToString(CultureInfo.InvariantCulture)).ToEquatableArray(),
            parameters.ToEquatableArray(), checks.ToEquatableArray(), values.ToEquatableArray(), body.ToEquatableArray(),
            notes.ToEquatableArray())
        {
            HostIntegers = hostIntegers.ToEquatableArray(),
            Recurrences = recurrences.ToEquatableArray(),
        };
        RequireIncremental(graph);
        RequireProducts();
        return graph;
    }

    private Val AddInput(MethodParameter p, MethodSpec entry)
    {
        int number = inputs.Count;
        InputKind kind = p.Kind switch
        {
            ValueKind.TokenIds => InputKind.TokenIds,
            ValueKind.Tokens => InputKind.Tokens,
            ValueKind.Integers => InputKind.Integers,
            _ => throw Fail(Rules.KindMismatch, entry.Span, $"an entry takes TokenIds, Tokens or Integers, not '{p.Name}' of kind {p.Kind}"),
        };
        int space = sameRows.TryGetValue(number, out int same) ? inputs[same].RowSpace : spaces.Count;
        if (tables.Contains(number))
            spaces.Add(new RowSpace(space = spaces.Count, "rows of " + p.Name, null, -1)
            {
                TableRows = Size.From(new Scalar.Hyper($"{Unknown}rows of {p.Name}", ValueKind.Integer, false)),
            });
        if (space == spaces.Count) spaces.Add(new RowSpace(space, entry.Parameters.Count == 1 ? "tokens" : "tokens of " + p.Name, null, number));
        Size columns = kind != InputKind.Tokens ? Size.One
            : widths.TryGetValue(p.Name, out Size? known) ? Resolved(known)
            : Size.From(new Scalar.Hyper(Unknown + p.Name, ValueKind.Integer, false));
        int value = kind == InputKind.Tokens ? NewValue(p.Name, space, columns).Id : -1;
        inputs.Add(new GraphInput(p.Name, kind, space, columns, value));
        return kind switch
        {
            InputKind.TokenIds => new Val.Ids(number, space),
            InputKind.Tokens => Val.Rows.Of(space, values[value].Whole),
            _ => new Val.Integers(space, new RowInteger.Ids(number)),
        };
    }

    // A width that no use has decided yet is a hyper-parameter with a name that C# cannot have.
    private const string Unknown = "?";

    private void RequireBoundWidths(MethodSpec entry)
    {
        foreach (GraphInput i in inputs)
        {
            if (spaces[i.RowSpace].TableRows is not null)
            {
                notes.Add(Found(Rules.WidthOfItsUse, entry.Span, $"'{i.Name}' is read as a table: it works inside other layers, and has no Run of its own"));
                return;
            }
            if (UnknownName(i.Columns) is not { } name) continue;
            string nothing = $"nothing in the layer says how wide '{name}' is";
            if (unit.Root.Kind == LayerKind.Model)
                throw Fail(Rules.UnboundWidth, entry.Span, nothing + "; use it with a parameter of a known width");
            notes.Add(Found(Rules.WidthOfItsUse, entry.Span, nothing + ": it works inside other layers, and has no Run of its own"));
            return;
        }
    }

    private Value NewValue(string name, int rows, Size columns)
    {
        var value = new Value(values.Count, name, rows, columns);
        values.Add(value);
        if (unit.Root.Incremental is not null) origins.Add(Found(Rules.NotIncremental, evaluated?.Span ?? unit.Root.Span, ""));
        return value;
    }

    /// <summary>The value as stored columns: computed now where it was not.</summary>
    private View Store(Val.Rows rows, string name) => rows.Stored ?? Copy(rows, name);

    private View Copy(Val.Rows rows, string name)
    {
        Value result = NewValue(name, rows.Space, rows.Columns);
        body.Add(new Node.Map(result.Id, rows.Operands, rows.Expression));
        return result.Whole;
    }

    /// <summary>A name from the user for what so far had one of the compiler's.</summary>
    private void Rename(Val value, string name)
    {
        if (value is Val.Rows { Stored: { } view } && values[view.Buffer].Name.StartsWith("~", StringComparison.Ordinal))
            values[view.Buffer] = values[view.Buffer] with { Name = name };
    }

    private int AddParameter(LayerInstance owner, FieldSpec field, string part, ParameterUse use, Size rows, Size columns, bool transposed, Scalar? present)
    {
        EquatableArray<PathSegment> segments = owner.Path.Append(new PathSegment(field.Name, null)).Concat(part.Length == 0 ? [] : [new PathSegment(part, null)]).ToEquatableArray();
        var path = new ParameterPath(segments);
        string key = path.ToString();
        if (!parameterIds.TryGetValue(key, out int id))
        {
            id = parameters.Count;
            parameterIds[key] = id;
            parameters.Add(new PlanParameter(id, path, use, rows, columns, transposed, present is Scalar.Truth { Value: true } ? null : present)
            {
                Used = UsedHere(),
                Precision = use is ParameterUse.Linear or ParameterUse.Bank ? field.Precision ?? owner.Precision : null,
            });
            return id;
        }
        if (parameters[id].Used is { } used) parameters[id] = parameters[id] with { Used = UsedHere() is { } here ? (here.Equals(used) ? here : Scalars.Binary(BinaryOp.Or, used, here)) : null };
        if (use == ParameterUse.Table && parameters[id].Use == ParameterUse.Vector) parameters[id] = parameters[id] with { Use = use };
        return id;
    }

    /// <summary>What the indices of the loops around must be for what is followed to run at all; null: anything.</summary>
    private Scalar? UsedHere() => scopes.OfType<BodyScope.Arm>().Select(w => w.Condition).Where(c => ScalarText.Indices(c).Any())
        .Aggregate((Scalar?)null, (all, c) => all is null ? c : Scalars.Binary(BinaryOp.And, all, c));

    private CompileException Fail(Rule rule, Expr at, string message) => Fail(rule, at.Span, message);

    private CompileException Fail(Rule rule, SourceSpan span, string message) => new(Found(rule, span, message));

    /// <summary>A finding at a span of the innermost source that is at hand: code of a referenced assembly has none, its caller has.</summary>
    private Finding Found(Rule rule, SourceSpan span, string message)
    {
        string owner = frames.Count > 0 ? frames.Peek().Callee : unit.Root.Id;
        foreach ((_, string caller, SourceSpan call) in frames)
        {
            if (span.IsKnown) break;
            (owner, span) = (caller, call);
        }
        return new Finding(rule, owner, span, message);
    }

    private string Shape(Val.Rows v) => $"[{(v.Space == Val.Rows.Table ? "1" : spaces[v.Space].Name)}, {WidthText(v.Columns)}]";

    private static string WidthText(Size size) => size.ToString();

    private string Describe(Val value) => value switch
    {
        Val.Rows r => "tokens " + Shape(r),
        Val.Integers i => $"integers [{(i.Space == Val.Rows.Table ? "1" : spaces[i.Space].Name)}]",
        Val.Ids i => $"token ids [{spaces[i.Space].Name}]",
        Val.Host h => h.Value.Kind switch
        {
            ValueKind.Integer => "an integer",
            ValueKind.Real => "a number",
            ValueKind.Boolean => "a boolean",
            ValueKind.Activation => "an activation",
            ValueKind.IntegerArray or ValueKind.TextArray => "an array",
            _ => "a text",
        },
        Val.Layer l => "the layer " + l.Instance.Spec.Name,
        Val.Field f => f.Spec switch
        {
            LinearField => "the linear '" + f.Spec.Name + "'",
            EmbeddingField => "the embedding '" + f.Spec.Name + "'",
            LayersField => "the layers '" + f.Spec.Name + "'",
            LinearBankField => "the bank '" + f.Spec.Name + "'",
            _ => "the parameter '" + f.Spec.Name + "'",
        },
        Val.Tuple t => $"{t.Items.Count} values",
        Val.Lambda => "a lambda",
        Val.Row => "a row",
        Val.SpaceOf s => $"the rows [{spaces[s.Id].Name}]",
        _ => "a number of a lambda",
    };
}
