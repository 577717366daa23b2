using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Ir.Build;

internal sealed partial class GraphBuilder
{
    private const int MaximalDepth = 64;

    private Val EvaluateCall(CallExpr c, Scope scope)
    {
        (string? Name, Val Value)[] arguments = [.. c.Arguments.Select(a => (a.Name, Evaluate(a.Value, scope)))];
        switch (c.Target)
        {
            case CallTarget.Op:
                return CallOp(c, arguments);
            case CallTarget.Function:
                if (!functions.TryGetValue(c.Name, out FunctionSpec? function))
                    throw Fail(Rules.NoSpecification, c, $"the layer function '{c.Name}' has no specification: rebuild its assembly with the generator");
                return Inline(function.Id, function.Name, function.Parameters, function.Body, arguments, null, c);
            case CallTarget.OwnMethod:
                LayerInstance self = scope.Layer ?? throw Fail(Rules.UnknownCall, c, $"'{c.Name}' is called outside of a layer");
                return CallMethod(self, MethodOf(self, c.Name, c), arguments, c);
            case CallTarget.Member:
                return CallMember(c, Evaluate(c.Receiver!, scope), arguments);
            case CallTarget.Host:
                return HostCall(c, arguments);
            default:
                if (Evaluate(c.Receiver!, scope) is not Val.Layer layer)
                    throw Fail(Rules.KindMismatch, c.Receiver!, $"'{c.Name}' is called on something that is not a layer");
                return CallMethod(layer.Instance, MethodOf(layer.Instance, c.Name, c), arguments, c);
        }
    }

    private MethodSpec MethodOf(LayerInstance layer, string name, Expr at) =>
        layer.Spec.Methods.FirstOrDefault(m => m.Name == name)
        ?? throw Fail(Rules.UnknownCall, at, $"'{layer.Spec.Name}' describes no method '{name}'");

    private Val CallLayer(LayerInstance layer, (string?, Val)[] arguments, Expr at)
    {
        MethodSpec indexer = layer.Spec.Methods.FirstOrDefault(m => m.IsIndexer)
            ?? throw Fail(Rules.UnknownCall, at, $"'{layer.Spec.Name}' has no indexer; call its Forward");
        Val result = CallMethod(layer, indexer, arguments, at);
        if (layer.Path.Count > 0) Rename(result, layer.Path[layer.Path.Count - 1].Name);
        return result;
    }

    private Val CallMethod(LayerInstance layer, MethodSpec method, (string?, Val)[] arguments, Expr at) =>
        Inline(layer.Spec.Id, method.Name, method.Parameters, method.Body, arguments, layer, at);

    private Val Inline(
        string owner, string name, EquatableArray<MethodParameter> parameters, EquatableArray<Statement> statements,
        (string? Name, Val Value)[] arguments, LayerInstance? layer, Expr at)
    {
        if (frames.Count > MaximalDepth) throw Fail(Rules.Recursion, at, $"'{name}' calls itself, directly or through others");
        var scope = new Scope(layer, []);
        for (int i = 0; i < parameters.Count; i++)
        {
            MethodParameter p = parameters[i];
            int given = Array.FindIndex(arguments, a => a.Name == p.Name);
            if (given < 0 && i < arguments.Length && arguments[i].Name is null) given = i;
            Val value = given >= 0 ? arguments[given].Value
                : p.Default is not null ? Evaluate(p.Default, new Scope(null, []))
                : throw Fail(Rules.KindMismatch, at, $"'{name}' needs a value for '{p.Name}'");
            // What a parameter of kind Tokens gets is seen as rows from here on: x in the callee is no longer a field of the caller.
            scope.Locals[p.Name] = p.Kind switch
            {
                // A table of parameters stays one until something needs its rows: lambdas read it where it lies.
                ValueKind.Tokens when value is not (Val.Number or Val.Row or Val.Field { Spec: ParameterField }) => RowsArgument(value, at),
                ValueKind.Real when value is Val.Host h => new Val.Host(Scalars.Convert(ValueKind.Real, h.Value)),
                ValueKind.Integers when value is Val.Ids ids => new Val.Integers(ids.Space, new Kernels.RowInteger.Ids(ids.Input)),
                _ => value,
            };
        }
        frames.Push((owner, frames.Count > 0 ? frames.Peek().Callee : owner, at.Span));
        Val result = Execute(statements, 0, scope) ?? throw Fail(Rules.NoEntry, at, $"not every path of '{name}' returns a value");
        frames.Pop();
        return result;
    }
}
