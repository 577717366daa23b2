using System.Collections.Immutable;
using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Calls: which of the few things that can be called one is, and with which arguments.</summary>
internal sealed class CallReader(ParseContext context, ExpressionReader expressions)
{
    public Expr Read(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        // C# of the generated code calls such a method: by places alone, whatever names its parameters have there.
        bool isComplete = HostMethods.IsOverNumbers(method) && !Known.IsFunction(method) && OpOf(method) is null;
        return Call(method, call.Instance, call, Arguments(call.Arguments, isComplete));
    }

    /// <summary>A method that stands where a function is expected: a lambda that calls it.</summary>
    public Expr Read(IMethodReferenceOperation group)
    {
        ImmutableArray<IParameterSymbol> parameters = group.Method.Parameters;
        EquatableArray<string> names = parameters.Select(context.Locals.Of).ToEquatableArray();
        EquatableArray<Argument> arguments =
            names.Select(n => new Argument(null, new NameExpr(n, NameKind.Local) { Span = context.SpanOf(group.Syntax) })).ToEquatableArray();
        Expr call = Call(group.Method, group.Instance, group, arguments) with { Span = context.SpanOf(group.Syntax) };
        foreach (IParameterSymbol parameter in parameters) context.Locals.Release(parameter);
        return new LambdaExpr(names, call);
    }

    private Expr Call(IMethodSymbol method, IOperation? instance, IOperation at, EquatableArray<Argument> arguments)
    {
        INamedTypeSymbol type = method.ContainingType;
        if (Known.IsFunction(method))
        {
            context.Refer(method, at.Syntax);
            return new CallExpr(CallTarget.Function, Known.FunctionId(method), Receiver: null, arguments);
        }
        if (OpOf(method) is { } op)
            return new CallExpr(CallTarget.Op, op, Receiver: null, arguments);
        if (IsOwn(method, instance))
        {
            return Known.IsEntry(method)
                ? expressions.Unsupported(at, "a layer does not call itself; repeat with 'for' or Layers<T>", Rules.Recursion)
                : new CallExpr(CallTarget.OwnMethod, context.Own(method, at.Syntax), Receiver: null, arguments);
        }
        if (Known.IsLayer(type) && Known.IsEntry(method) && instance is { } layer)
        {
            context.Refer(type, at.Syntax);
            return new CallExpr(CallTarget.LayerMethod, method.Name, expressions.Read(layer), arguments);
        }
        if (Known.IsMethodOfValue(method) && instance is { } value)
            return new CallExpr(CallTarget.Member, method.Name, expressions.Read(value), arguments);
        if (HostMethods.IsOverNumbers(method) && HostMethods.IsReachable(method, context.Compilation))
        {
            return new CallExpr(CallTarget.Host, HostMethods.NameOf(method), Receiver: null, arguments)
            {
                HostResult = Known.KindOf(method.ReturnType),
            };
        }
        return Unknown(method, at);
    }

    /// <summary>
    /// Whether a call is of a helper of the layer that is read. A static method of numbers that others can call is none: the host runs it.
    /// </summary>
    private bool IsOwn(IMethodSymbol method, IOperation? instance) =>
        context.IsLayer(method.ContainingType)
        && method.MethodKind != MethodKind.LocalFunction
        && (method.IsStatic || instance is IInstanceReferenceOperation)
        && !(HostMethods.IsOverNumbers(method) && HostMethods.IsReachable(method, context.Compilation));

    /// <summary>The one object that a body may make: an activation that the description fixes.</summary>
    public Expr Read(IObjectCreationOperation creation) => Known.IsLanguage(creation.Type, "Activation")
        ? new CallExpr(CallTarget.Op, "Activation", Receiver: null, Arguments(creation.Arguments))
        : expressions.Unsupported(creation, Known.IsLanguage(creation.Type) || Known.IsLayer(creation.Type)
            ? "parameters and layers are fields, made once"
            : "a layer computes with values and makes no objects");

    /// <summary>
    /// The arguments in the order of the parameters. A name is kept where the user wrote it, and given where an optional parameter before
    /// it was left out; elements of a <c>params</c> array stand one by one.
    /// </summary>
    /// <param name="isComplete">Gives every argument by its place instead, the default values too.</param>
    public EquatableArray<Argument> Arguments(ImmutableArray<IArgumentOperation> arguments, bool isComplete = false)
    {
        var result = new List<Argument>();
        bool omitted = false;
        foreach (IArgumentOperation argument in arguments.OrderBy(a => a.Parameter?.Ordinal ?? 0))
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue && !isComplete)
            {
                omitted = true;
                continue;
            }
            if (argument.ArgumentKind is ArgumentKind.ParamArray or ArgumentKind.ParamCollection)
            {
                result.AddRange(Elements(argument.Value).Select(element => new Argument(null, expressions.Read(element))));
                continue;
            }
            bool named = argument.Syntax is ArgumentSyntax { NameColon: not null };
            result.Add(new Argument(!isComplete && (named || omitted) ? argument.Parameter?.Name : null, expressions.Read(argument.Value)));
        }
        return result.ToEquatableArray();
    }

    private static ImmutableArray<IOperation> Elements(IOperation value) => value switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        IConversionOperation conversion => Elements(conversion.Operand),
        _ => [],
    };

    private string? OpOf(IMethodSymbol method) => Known.OpOf(method) ?? (IsMathOfAnOp(method) ? method.Name : null);

    /// <summary><c>Math.Sqrt</c> and friends compute on the host what the op of that name computes everywhere.</summary>
    private bool IsMathOfAnOp(IMethodSymbol method) =>
        IsOfMath(method)
        && context.Compilation.GetTypeByMetadataName("KernelForge.Ops") is { } ops
        && ops.GetMembers(method.Name).OfType<IMethodSymbol>().Any(op =>
            !Known.IsFunction(op)
            && op.Parameters.Length == method.Parameters.Length
            && op.Parameters.All(p => Known.KindOf(p.Type) is ValueKind.Real or ValueKind.Integer));

    private static bool IsOfMath(IMethodSymbol method) =>
        method.ContainingType is { Name: "Math" or "MathF", ContainingNamespace.Name: "System" };

    private NullExpr Unknown(IMethodSymbol method, IOperation at)
    {
        INamedTypeSymbol type = method.ContainingType;
        string name = type.TypeKind == TypeKind.Delegate ? Excerpt.Of(at.Syntax)
            : method.MethodKind == MethodKind.LocalFunction ? method.Name
            : $"{type.Name}.{method.Name}";
        string remedy = method switch
        {
            { MethodKind: MethodKind.LocalFunction } => "it is a local function; make it a private static method of the class",
            _ when type.TypeKind == TypeKind.Delegate => "functions are lambdas where an op takes one; make a private method and call that",
            _ when Known.IsLayer(type) && !method.IsStatic => "of another layer only Forward and its indexer are called",
            _ when HostMethods.IsOverNumbers(method) =>
                $"the host would run it, from generated code in another class, but {HostMethods.Obstacle(method, context.Compilation)}, "
                + "or mark it [LayerFunction]",
            { IsStatic: true, DeclaringSyntaxReferences.Length: > 0 } =>
                "mark it [LayerFunction], so that its body is compiled with the layer",
            _ when IsOfMath(method) => "KernelForge.Ops has no op of that name, and the host runs only methods of int, double and bool",
            _ => "call an op of KernelForge.Ops, a [LayerFunction], a private method of the layer, another layer, "
                + "or a static method of int, double and bool",
        };
        context.Report(Rules.UnknownCall, at.Syntax, $"'{name}' cannot be compiled: {remedy}{context.Remedy}");
        return new NullExpr();
    }
}
