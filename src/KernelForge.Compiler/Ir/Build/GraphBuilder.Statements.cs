using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    /// <summary>Follows statements from <paramref name="at"/> on; the value that they return, or null where they end without one.</summary>
    private Val? Execute(IReadOnlyList<Statement> statements, int at, Scope scope)
    {
        for (; at < statements.Count; at++)
        {
            switch (statements[at])
            {
                case ReturnStatement r:
                    return Evaluate(r.Value, scope);
                case AssignStatement a:
                    Assign(a, scope);
                    break;
                case ForEachStatement f:
                    ExecuteForEach(f, scope);
                    break;
                case ForStatement f:
                    ExecuteLoop(f.Variable, HostInteger(f.Start, scope), HostInteger(f.End, scope), _ => null, f.Body, f.Span, scope);
                    break;
                case IfStatement i when !Returns(i):
                    ExecuteIf(i, scope);
                    break;
                case IfStatement i:
                    // An arm that returns takes with it what follows; the other arm goes on.
                    return Choose(
                        Condition(i.Condition, scope), i.Span,
                        s => Execute(Continue(i.Then, statements, at + 1), 0, s), s => Execute(Continue(i.Else, statements, at + 1), 0, s), scope);
                default:
                    throw Fail(Rules.UnsupportedStatement, statements[at].Span, "this statement is not part of the language");
            }
        }
        return null;
    }

    private static Statement[] Continue(EquatableArray<Statement> arm, IReadOnlyList<Statement> statements, int next) =>
        Returns(arm) ? [.. arm] : [.. arm, .. statements.Skip(next)];

    private static bool Returns(IfStatement i) => Returns(i.Then) || Returns(i.Else);

    private static bool Returns(IEnumerable<Statement> statements) => statements.Any(s => s is ReturnStatement || (s is IfStatement i && Returns(i)));

    private void Assign(AssignStatement a, Scope scope)
    {
        Val value = Evaluate(a.Value, scope);
        if (a.Targets.Count == 1)
        {
            Rename(value, a.Targets[0]);
            scope.Locals[a.Targets[0]] = value;
            return;
        }
        if (value is not Val.Tuple t || t.Items.Count != a.Targets.Count)
            throw Fail(Rules.KindMismatch, a.Value, $"{a.Targets.Count} values are expected here, got {Describe(value)}");
        for (int i = 0; i < t.Items.Count; i++)
        {
            if (a.Targets[i] == "_") continue;
            Rename(t.Items[i], a.Targets[i]);
            scope.Locals[a.Targets[i]] = t.Items[i];
        }
    }

    private void ExecuteForEach(ForEachStatement f, Scope scope)
    {
        if (FieldOf(scope, f.Field) is not Val.Field { Spec: LayersField spec } layersField)
            throw Fail(Rules.KindMismatch, f.Span, $"'{f.Field}' is not a Layers<T>: foreach goes over those alone");
        Scalar count = LayerCount(layersField.Owner, spec);
        ExecuteLoop(f.Variable, Scalar.Of(0), count, index => new Val.Layer(Element(layersField.Owner, spec, index)), f.Body, f.Span, scope);
    }

    private Scalar LayerCount(LayerInstance owner, LayersField spec) => HostInteger(spec.Count, new Scope(owner, []));

    private void ExecuteIf(IfStatement i, Scope scope) =>
        Choose(Condition(i.Condition, scope), i.Span,
            s => { Execute(i.Then, 0, s); return null; }, s => { Execute(i.Else, 0, s); return null; }, scope);

    private Scalar Condition(Expr condition, Scope scope)
    {
        Val value = Evaluate(condition, scope);
        if (value is Val.Host { Value.Kind: ValueKind.Boolean } host) return host.Value;
        // A description branches over numbers of a lambda by expressions; C# that the host runs branches as it likes.
        string remedy = value is not (Val.Number or Val.Row) ? ""
            : "; a lambda chooses by '? :', and C# of ints, doubles and bools that others can call ('internal static') the host runs as it is";
        throw Fail(Rules.ConditionNotHost, condition,
            $"{Describe(value)} cannot decide here: a condition is a boolean of hyper-parameters and loop indices{remedy}");
    }
}
