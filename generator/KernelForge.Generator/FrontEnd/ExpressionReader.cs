using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Bound C# expressions to expressions of the language.</summary>
/// <remarks>
/// It reads Roslyn's operations rather than syntax: names, overloads, conversions and constants are resolved there already. What it cannot
/// read it reports where it stands and gives as <c>null</c>, and goes on, so that one build shows every finding.
/// </remarks>
internal sealed class ExpressionReader
{
    private readonly ParseContext context;
    private readonly CallReader calls;
    private readonly PatternReader patterns;

    public ExpressionReader(ParseContext context)
    {
        this.context = context;
        calls = new CallReader(context, this);
        patterns = new PatternReader(context, this);
    }

    public Expr Read(IOperation operation)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        Expr? constant = operation.ConstantValue.HasValue ? ConstantReader.Read(operation.ConstantValue.Value) : null;
        return (constant ?? ReadVariable(operation)) with { Span = context.SpanOf(operation.Syntax) };
    }

    public EquatableArray<Expr> Read(IEnumerable<IOperation> operations) => operations.Select(Read).ToEquatableArray();

    private Expr ReadVariable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => new NameExpr(context.Locals.Of(local.Local), NameKind.Local),
        IParameterReferenceOperation parameter => Parameter(parameter.Parameter),
        IFieldReferenceOperation field => Field(field),
        IPropertyReferenceOperation { Arguments.Length: > 0 } indexer => Indexer(indexer),
        IPropertyReferenceOperation property => Property(property),
        IArrayElementReferenceOperation element => new IndexExpr(Read(element.ArrayReference), Read(element.Indices)),
        IInvocationOperation call => calls.Read(call),
        IObjectCreationOperation creation => calls.Read(creation),
        IBinaryOperation binary => Binary(binary),
        IUnaryOperation unary => Unary(unary),
        IConditionalOperation { WhenFalse: { } otherwise } choice =>
            new ConditionalExpr(Read(choice.Condition), Read(choice.WhenTrue), Read(otherwise)),
        ICoalesceOperation coalesce => new BinaryExpr(BinaryOp.Coalesce, Read(coalesce.Value), Read(coalesce.WhenNull)),
        IConversionOperation conversion => Conversion(conversion),
        IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda } => Lambda(lambda),
        IDelegateCreationOperation { Target: IMethodReferenceOperation method } => calls.Read(method),
        IAnonymousFunctionOperation lambda => Lambda(lambda),
        ITupleOperation tuple => new TupleExpr(Read(tuple.Elements)),
        IIsPatternOperation match => patterns.Matches(ReadNumber(match.Value), match.Pattern),
        ISwitchExpressionOperation choice => patterns.Choose(choice),
        IParenthesizedOperation inner => Read(inner.Operand),
        IInvalidOperation => Broken(),
        { Type: IErrorTypeSymbol } => Broken(),
        _ => Unsupported(operation, "only values, arithmetic, comparisons, '?:', '??', indexers, calls and lambdas are"),
    };

    /// <summary>Reports an expression that the language does not have, and gives something in its place.</summary>
    public Expr Unsupported(IOperation operation, string why, Rule? rule = null)
    {
        string message = $"'{Excerpt.Of(operation.Syntax)}' is not part of the language: {why}{context.Remedy}";
        context.Report(rule ?? Rules.UnsupportedExpression, operation.Syntax, message);
        return new NullExpr();
    }

    private NullExpr Broken()
    {
        context.Break();
        return new NullExpr();
    }

    /// <summary>Whether a parameter is one of the layer's constructor.</summary>
    public static bool IsHyperParameter(IParameterSymbol parameter) =>
        parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor };

    private NameExpr Parameter(IParameterSymbol parameter) => IsHyperParameter(parameter)
        ? new NameExpr(parameter.Name, NameKind.HyperParameter)
        : new NameExpr(context.Locals.Of(parameter), NameKind.Local);

    private Expr Field(IFieldReferenceOperation field)
    {
        if (field.Instance is IInstanceReferenceOperation && context.IsLayer(field.Field.ContainingType))
        {
            context.UsedFields.Add(field.Field.Name);
            return new NameExpr(field.Field.Name, NameKind.Field);
        }
        if (field.Field.ContainingType.IsTupleType)
            return Unsupported(field, "take the tuple apart into locals: (Tokens a, Tokens b) = …");
        return Unsupported(field, field.Field.IsStatic
            ? "a static field may change while a model runs; make it const, or a constructor parameter"
            : "a layer reads only its own fields; give the other layer a Forward that returns what is needed");
    }

    private Expr Indexer(IPropertyReferenceOperation indexer)
    {
        ITypeSymbol type = indexer.Property.ContainingType;
        if (Known.IsLayer(type)) context.Refer((INamedTypeSymbol)type, indexer.Syntax);
        else if (!Known.IsLanguage(type)) return Unsupported(indexer, "only parameters, layers, values and arrays are indexed");
        if (indexer.Instance is not { } target || target is IInstanceReferenceOperation)
            return Unsupported(indexer, "a layer does not call itself", Rules.Recursion);

        return new IndexExpr(Read(target), Read(indexer.Arguments.OrderBy(a => a.Parameter?.Ordinal ?? 0).Select(a => a.Value)));
    }

    private Expr Property(IPropertyReferenceOperation property)
    {
        if (property is { Instance: IInstanceReferenceOperation, Property.GetMethod: { } getter } && context.IsLayer(getter.ContainingType))
            return new CallExpr(CallTarget.OwnMethod, context.Own(getter, property.Syntax), Receiver: null, []);

        if (Known.IsLanguage(property.Property.ContainingType, "Row")) return Position(property);
        if (property.Instance is not { } target)
            return Unsupported(property, "a static property may change while a model runs; make it a constructor parameter");
        ITypeSymbol type = property.Property.ContainingType;
        bool isKnown = Known.IsLanguage(type) && !Known.IsLayer(type) && Known.KindOf(property.Type) is not null;
        return (type.OriginalDefinition.SpecialType, property.Property.Name) switch
        {
            (SpecialType.System_Nullable_T, "Value") => Read(target),
            (SpecialType.System_Nullable_T, "HasValue") => new BinaryExpr(BinaryOp.NotEqual, Read(target), new NullExpr()),
            (SpecialType.System_Array, "Length") => new MemberExpr(Read(target), "Length"),
            (_, string name) when isKnown => new MemberExpr(Read(target), name),
            _ => Unsupported(property, $"'{property.Property.Name}' of '{type.Name}' is not known"),
        };
    }

    /// <summary>A row is its position wherever an int is wanted; said in full it is one in any case.</summary>
    private Expr Position(IPropertyReferenceOperation property) => property is { Property.Name: "Position", Instance: { } row }
        ? new ConvertExpr(ValueKind.Integer, Read(row))
        : Unsupported(property, "of a row, a lambda knows its position in its sequence; read other values at the row itself: x[t, f]");

    private Expr Binary(IBinaryOperation binary)
    {
        BinaryOp? op = binary.OperatorKind switch
        {
            BinaryOperatorKind.Add when binary.Type?.SpecialType != SpecialType.System_String => BinaryOp.Add,
            BinaryOperatorKind.Subtract => BinaryOp.Subtract,
            BinaryOperatorKind.Multiply => BinaryOp.Multiply,
            BinaryOperatorKind.Divide => BinaryOp.Divide,
            BinaryOperatorKind.Remainder => BinaryOp.Remainder,
            BinaryOperatorKind.Equals => BinaryOp.Equal,
            BinaryOperatorKind.NotEquals => BinaryOp.NotEqual,
            BinaryOperatorKind.LessThan => BinaryOp.Less,
            BinaryOperatorKind.LessThanOrEqual => BinaryOp.LessOrEqual,
            BinaryOperatorKind.GreaterThan => BinaryOp.Greater,
            BinaryOperatorKind.GreaterThanOrEqual => BinaryOp.GreaterOrEqual,
            BinaryOperatorKind.ConditionalAnd => BinaryOp.And,
            BinaryOperatorKind.ConditionalOr => BinaryOp.Or,
            _ => null,
        };
        bool isOwnOperator = binary.OperatorMethod is not { } method || Known.IsLanguage(method.ContainingType)
            || method.ContainingType.SpecialType == SpecialType.System_String;
        return op is { } known && isOwnOperator
            ? new BinaryExpr(known, ReadNumber(binary.LeftOperand), ReadNumber(binary.RightOperand))
            : Unsupported(binary, "the operators are + - * / % == != < <= > >= && || over values, numbers, truths and texts");
    }

    /// <summary>As <see cref="Read(IOperation)"/>, an enum's value as the integer that it is compared by.</summary>
    public Expr ReadNumber(IOperation operation)
    {
        Expr value = Read(operation);
        bool isEnum = operation.Type is { TypeKind: TypeKind.Enum } && value is not NumberExpr;
        return isEnum ? new ConvertExpr(ValueKind.Integer, value) { Span = value.Span } : value;
    }

    private Expr Unary(IUnaryOperation unary) => unary.OperatorKind switch
    {
        UnaryOperatorKind.Minus => new UnaryExpr(UnaryOp.Negate, Read(unary.Operand)),
        UnaryOperatorKind.Not => new UnaryExpr(UnaryOp.Not, Read(unary.Operand)),
        UnaryOperatorKind.Plus => Read(unary.Operand),
        _ => Unsupported(unary, "the prefix operators are - + !"),
    };

    /// <summary>Keeps a conversion only where it changes how a number is computed with.</summary>
    private Expr Conversion(IConversionOperation conversion)
    {
        if (conversion.Type is IErrorTypeSymbol) return Broken();
        Expr operand = Read(conversion.Operand);
        if (conversion.OperatorMethod is { } method)
        {
            if (!Known.IsLanguage(method.ContainingType)) return Unsupported(conversion, "a conversion of another library");
            // x[(int)t, f] reads a table, x[t, f] a row.
            bool isWritten = !conversion.IsImplicit && Known.KindOf(conversion.Type) == ValueKind.Integer;
            return isWritten ? new ConvertExpr(ValueKind.Integer, operand) : operand;
        }

        // An array is compared with null as any object is.
        bool isObject = conversion is { IsImplicit: true, Type.SpecialType: SpecialType.System_Object, Parent: IBinaryOperation };
        if (isObject && Known.KindOf(conversion.Operand.Type) is ValueKind.IntegerArray or ValueKind.TextArray) return operand;
        ValueKind? from = Known.KindOf(conversion.Operand.Type), to = Known.KindOf(conversion.Type);
        if (conversion.Operand.Type is not null && to is null) return Unsupported(conversion, "numbers are int, float or double");
        // An operand of mixed arithmetic becomes real by itself.
        bool isMixed = conversion.IsImplicit && conversion.Parent is IBinaryOperation;
        return (from, to) switch
        {
            (ValueKind.Integer, ValueKind.Real) when operand is NumberExpr number => number with { IsInteger = false },
            (ValueKind.Integer, ValueKind.Real) when !isMixed => new ConvertExpr(ValueKind.Real, operand),
            (ValueKind.Real, ValueKind.Integer) => new ConvertExpr(ValueKind.Integer, operand),
            _ => operand,
        };
    }

    private Expr Lambda(IAnonymousFunctionOperation lambda)
    {
        if (lambda.Syntax is not LambdaExpressionSyntax { ExpressionBody: not null } || BodyOf(lambda) is not { } body)
            return Unsupported(lambda, "the body of a lambda is one expression; move the steps to a private method of the layer");
        var expression = new LambdaExpr(lambda.Symbol.Parameters.Select(context.Locals.Of).ToEquatableArray(), Read(body));
        foreach (IParameterSymbol parameter in lambda.Symbol.Parameters) context.Locals.Release(parameter);
        return expression;
    }

    /// <summary>The expression that a lambda returns, or null where it has a block of several statements.</summary>
    public static IOperation? BodyOf(IAnonymousFunctionOperation lambda) =>
        lambda.Body.Operations is [IReturnOperation { ReturnedValue: { } body }] ? body : null;
}
