using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace KernelForge.Generator.FrontEnd;

/// <summary>The statements of a method or function.</summary>
internal sealed class BodyReader(ParseContext context, ExpressionReader expressions)
{
    /// <summary>The body of a method, indexer or property, or nothing where it has none.</summary>
    public EquatableArray<Statement> Read(IMethodSymbol method)
    {
        context.Locals = new LocalNames();
        foreach (IParameterSymbol parameter in method.Parameters) context.Locals.Of(parameter);
        context.Remedy = HostMethods.IsOverNumbers(method) && !Known.IsFunction(method)
            ? $", or make '{method.Name}' internal: then the host runs it as it is"
            : "";

        SyntaxNode? syntax = context.SyntaxOf(method);
        IOperation? operation = syntax is null ? null : context.ModelOf(syntax.SyntaxTree).GetOperation(syntax, context.Cancellation);
        IBlockOperation? block = operation switch
        {
            IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
            IBlockOperation direct => direct,
            _ => null,
        };
        if (block is null && syntax is not null)
            context.Report(Rules.UnsupportedStatement, syntax, $"'{method.Name}' has no body to compile; write what it computes");

        var statements = new List<Statement>();
        if (block is not null) Add(block, statements);
        return statements.ToEquatableArray();
    }

    private EquatableArray<Statement> Branch(IOperation? operation)
    {
        var statements = new List<Statement>();
        if (operation is not null) Add(operation, statements);
        return statements.ToEquatableArray();
    }

    private void Add(IOperation operation, List<Statement> to)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        switch (operation)
        {
            case IBlockOperation block:
                foreach (IOperation inner in block.Operations) Add(inner, to);
                break;
            case IEmptyOperation:
                break;
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclarationOperation declaration in group.Declarations)
                    foreach (IVariableDeclaratorOperation declarator in declaration.Declarators)
                        Add(declarator, to);
                break;
            case IExpressionStatementOperation statement:
                AddExpression(statement, to);
                break;
            case IConditionalOperation branch:
                to.Add(At(branch, new IfStatement(expressions.Read(branch.Condition), Branch(branch.WhenTrue), Branch(branch.WhenFalse))));
                break;
            case IForEachLoopOperation loop:
                AddLoop(loop, to);
                break;
            case IForLoopOperation loop:
                AddLoop(loop, to);
                break;
            case IReturnOperation { ReturnedValue: { } value } result:
                to.Add(At(result, new ReturnStatement(expressions.Read(value))));
                break;
            case IInvalidOperation:
                context.Break();
                break;
            default:
                Unsupported(operation, operation is IThrowOperation
                    ? "say with [Requires] what a model covers"
                    : "statements are locals, assignments, 'if', 'for' and 'foreach' over layers, and 'return'");
                break;
        }
    }

    private void Add(IVariableDeclaratorOperation declarator, List<Statement> to)
    {
        // A constant is folded into what reads it; a local without a value gets one later.
        if (declarator.Symbol.IsConst || declarator.GetVariableInitializer() is not { } initializer) return;
        to.Add(At(declarator, new AssignStatement([context.Locals.Of(declarator.Symbol)], expressions.Read(initializer.Value))));
    }

    private void AddExpression(IExpressionStatementOperation statement, List<Statement> to)
    {
        switch (statement.Operation)
        {
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                if (Target(assignment.Target) is { } target)
                    to.Add(At(statement, new AssignStatement([target], expressions.Read(assignment.Value))));
                break;
            case ICompoundAssignmentOperation assignment:
                if (Target(assignment.Target) is { } sum) to.Add(At(statement, new AssignStatement([sum], Compound(assignment))));
                break;
            case IIncrementOrDecrementOperation step:
                if (Target(step.Target) is { } counter) to.Add(At(statement, new AssignStatement([counter], Step(step))));
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                if (Targets(deconstruction.Target) is { } targets)
                    to.Add(At(statement, new AssignStatement(targets, expressions.Read(deconstruction.Value))));
                break;
            case IInvalidOperation:
                context.Break();
                break;
            case IInvocationOperation:
                Unsupported(statement, "a call whose value is not used does nothing; assign or return it");
                break;
            default:
                Unsupported(statement, "only locals are assigned");
                break;
        }
    }

    private Expr Compound(ICompoundAssignmentOperation assignment)
    {
        BinaryOp? op = assignment.OperatorKind switch
        {
            BinaryOperatorKind.Add => BinaryOp.Add,
            BinaryOperatorKind.Subtract => BinaryOp.Subtract,
            BinaryOperatorKind.Multiply => BinaryOp.Multiply,
            BinaryOperatorKind.Divide => BinaryOp.Divide,
            BinaryOperatorKind.Remainder => BinaryOp.Remainder,
            _ => null,
        };
        if (op is not { } known) return expressions.Unsupported(assignment, "the assignments are = += -= *= /= %=");

        SourceSpan span = context.SpanOf(assignment.Syntax);
        Expr value = new BinaryExpr(known, expressions.Read(assignment.Target), expressions.Read(assignment.Value)) { Span = span };
        // 'n *= 1.5' of an int computes in double and truncates.
        bool truncates = Known.KindOf(assignment.Target.Type) == ValueKind.Integer && Known.KindOf(assignment.Value.Type) == ValueKind.Real;
        return truncates ? new ConvertExpr(ValueKind.Integer, value) { Span = span } : value;
    }

    private BinaryExpr Step(IIncrementOrDecrementOperation step)
    {
        BinaryOp op = step.Kind == OperationKind.Increment ? BinaryOp.Add : BinaryOp.Subtract;
        return new BinaryExpr(op, expressions.Read(step.Target), new NumberExpr(1, IsInteger: true)) { Span = context.SpanOf(step.Syntax) };
    }

    private void AddLoop(IForEachLoopOperation loop, List<Statement> to)
    {
        IOperation collection = loop.Collection is IConversionOperation conversion ? conversion.Operand : loop.Collection;
        if (!Known.IsLayers(collection.Type) || loop.LoopControlVariable is not IVariableDeclaratorOperation variable)
        {
            Unsupported(loop, "'foreach' runs over a Layers<T> field; count with 'for' otherwise");
            return;
        }
        if (expressions.Read(collection) is not NameExpr { Kind: NameKind.Field } field)
        {
            Unsupported(loop, "'foreach' runs over a Layers<T> field of this layer itself");
            return;
        }
        to.Add(At(loop, new ForEachStatement(context.Locals.Of(variable.Symbol), field.Name, Branch(loop.Body))));
    }

    private void AddLoop(IForLoopOperation loop, List<Statement> to)
    {
        if (CounterOf(loop) is not { } counter
            || counter.GetVariableInitializer() is not { } start
            || !IsCountedUpwards(loop, counter.Symbol))
        {
            Unsupported(loop, "'for' counts upwards by one: for (int i = start; i < end; i++)");
            return;
        }
        Expr first = expressions.Read(start.Value), end = expressions.Read(((IBinaryOperation)loop.Condition!).RightOperand);
        to.Add(At(loop, new ForStatement(context.Locals.OfCounter(counter.Symbol), first, end, Branch(loop.Body))));
    }

    private static IVariableDeclaratorOperation? CounterOf(IForLoopOperation loop) =>
        loop.Before is [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [{ } declarator] }] }] ? declarator : null;

    private static bool IsCountedUpwards(IForLoopOperation loop, ILocalSymbol counter) =>
        loop.Condition is IBinaryOperation { LeftOperand: ILocalReferenceOperation tested, OperatorKind: BinaryOperatorKind.LessThan }
        && SymbolEqualityComparer.Default.Equals(tested.Local, counter)
        && loop.AtLoopBottom is [IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation step }]
        && step is { Kind: OperationKind.Increment, Target: ILocalReferenceOperation stepped }
        && SymbolEqualityComparer.Default.Equals(stepped.Local, counter);

    private string? Target(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation local when !context.Locals.IsCounter(local.Local):
                return context.Locals.Of(local.Local);
            case IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local }:
                return context.Locals.Of(local.Local);
            case IParameterReferenceOperation parameter when !ExpressionReader.IsHyperParameter(parameter.Parameter):
                return context.Locals.Of(parameter.Parameter);
            case IDiscardOperation:
                return "_";
            case IInvalidOperation:
                context.Break();
                return null;
            default:
                Unsupported(target, "only locals are assigned: fields, constructor parameters and the counters of loops keep their values");
                return null;
        }
    }

    private EquatableArray<string>? Targets(IOperation target)
    {
        if (target is IDeclarationExpressionOperation declaration) target = declaration.Expression;
        if (target is not ITupleOperation tuple)
        {
            Unsupported(target, "a tuple is taken apart into locals");
            return null;
        }
        string?[] names = [.. tuple.Elements.Select(Target)];
        return names.All(n => n is not null) ? names.OfType<string>().ToEquatableArray() : null;
    }

    private Statement At(IOperation operation, Statement statement) =>
        statement with { Span = context.SpanOf(operation.Syntax.SyntaxTree, Head(operation.Syntax)) };

    private void Unsupported(IOperation operation, string why)
    {
        string message = $"'{Excerpt.Of(operation.Syntax)}' is not part of the language: {why}{context.Remedy}";
        context.Report(Rules.UnsupportedStatement, operation.Syntax.SyntaxTree, Head(operation.Syntax), message);
    }

    /// <summary>A loop or branch is shown by its head alone.</summary>
    private static TextSpan Head(SyntaxNode syntax) => syntax switch
    {
        ForStatementSyntax loop => TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End),
        CommonForEachStatementSyntax loop => TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End),
        WhileStatementSyntax loop => TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End),
        IfStatementSyntax branch => TextSpan.FromBounds(branch.SpanStart, branch.CloseParenToken.Span.End),
        _ => syntax.Span,
    };
}
