using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace KernelForge.Generator.FrontEnd;

/// <summary>The fields of a layer: parameters, inner layers, and values computed from hyper-parameters.</summary>
internal sealed class FieldReader(ParseContext context, ExpressionReader expressions)
{
    private readonly CallReader calls = new(context, expressions);

    /// <summary>The field's specification; null for what is no part of the layer (static, constant), or what is reported.</summary>
    public FieldSpec? Read(IFieldSymbol field)
    {
        if (field.IsStatic || field.IsConst || context.SyntaxOf(field) is not VariableDeclaratorSyntax syntax) return null;
        if (field.Type is IErrorTypeSymbol)
        {
            context.Break();
            return null;
        }
        if (InitializerOf(syntax) is not { } initializer)
            return Unsupported(syntax, IsPartOfLayers(field.Type)
                ? $"'{field.Name}' has no initialiser; make it where it is declared: {field.Name} = new(…)"
                : $"'{field.Name}' has no initialiser; a field is a parameter, a layer, or a value of the constructor's parameters");

        context.Locals = new LocalNames();
        FieldSpec? spec = Known.IsLanguage(field.Type) || Known.IsLayer(field.Type)
            ? Made(field, syntax, initializer)
            : Value(field, syntax, initializer);
        return spec is null ? null : spec with { Span = context.SpanOf(syntax.Identifier), Precision = Known.PrecisionOf(field) };
    }

    /// <summary>Refuses a property that would hold a parameter or layer without the generated code knowing of it.</summary>
    public void Check(IPropertySymbol property)
    {
        if (context.SyntaxOf(property) is not PropertyDeclarationSyntax declaration) return;
        bool isAuto = declaration is { ExpressionBody: null, AccessorList: { } accessors }
            && accessors.Accessors.All(a => a is { Body: null, ExpressionBody: null });
        if (!property.IsStatic && isAuto && IsPartOfLayers(property.Type))
            context.Report(Rules.UnsupportedField, declaration.Identifier, $"'{property.Name}' is a property; make it a field");
    }

    private static bool IsPartOfLayers(ITypeSymbol type) =>
        Known.IsLayer(type) || Known.IsLayers(type) || (Known.IsLanguage(type) && type.Name is "Linear" or "LinearBank" or "Embedding" or "Parameter");

    private IOperation? InitializerOf(VariableDeclaratorSyntax syntax) =>
        syntax.Initializer is { } initializer
        && context.ModelOf(syntax.SyntaxTree).GetOperation(initializer, context.Cancellation) is IFieldInitializerOperation operation
            ? operation.Value
            : null;

    private FieldSpec? Made(IFieldSymbol field, VariableDeclaratorSyntax syntax, IOperation value)
    {
        if (Known.IsLanguage(field.Type, "Activation")) return new ValueField(field.Name, ValueKind.Activation, expressions.Read(value));
        // 'new(…)' is a creation converted to the field's type.
        if (Unwrapped(value) is not IObjectCreationOperation { Constructor: not null } creation
            || !SymbolEqualityComparer.Default.Equals(creation.Type, field.Type))
        {
            if (Unwrapped(value) is IInvalidOperation) context.Break();
            else Unsupported(syntax, $"'{field.Name}' is not made by 'new'; whether a parameter exists is said by 'bias:' or 'present:'");
            return null;
        }

        EquatableArray<string> names = WeightNames(field);
        CheckPlaceholders(field, syntax, names);
        if (Known.IsLayer(field.Type))
        {
            context.Refer((INamedTypeSymbol)field.Type, syntax);
            return new LayerField(field.Name, names, Known.FullName(field.Type), calls.Arguments(creation.Arguments));
        }
        return field.Type.Name switch
        {
            "Linear" => new LinearField(field.Name, names,
                Required(creation, "inputs"), Required(creation, "outputs"), Optional(creation, "bias"), Optional(creation, "transposed"),
                Optional(creation, "present")),
            "LinearBank" => new LinearBankField(field.Name, names, Required(creation, "count"),
                Required(creation, "inputs"), Required(creation, "outputs"), Optional(creation, "bias"), Optional(creation, "transposed")),
            "Embedding" => new EmbeddingField(field.Name, names, Required(creation, "rows"), Required(creation, "features")),
            "Parameter" => new ParameterField(field.Name, names,
                Optional(creation, "rows"), Required(creation, "columns"), Optional(creation, "present")),
            "Layers" => Layers(field, syntax, creation, names),
            _ => Unsupported(syntax, $"a layer has no field of type '{field.Type.Name}'; values of that type are locals"),
        };
    }

    private LayersField? Layers(
        IFieldSymbol field, VariableDeclaratorSyntax syntax, IObjectCreationOperation creation, EquatableArray<string> names)
    {
        IOperation? make = ArgumentOf(creation, "make");
        if (make is IDelegateCreationOperation { Target: var target }) make = target;
        if (make is not IAnonymousFunctionOperation lambda || ExpressionReader.BodyOf(lambda) is not { } made
            || Unwrapped(made) is not IObjectCreationOperation { Type: INamedTypeSymbol type } inner || !Known.IsLayer(type))
        {
            if (creation.Arguments.Any(a => a.Value is IInvalidOperation)) context.Break();
            else Unsupported(syntax, $"'{field.Name}' is made by a lambda that makes one layer: new(count, () => new Block(…))");
            return null;
        }
        context.Refer(type, syntax);
        string? index = lambda.Symbol.Parameters.Length > 0 ? context.Locals.Of(lambda.Symbol.Parameters[0]) : null;
        return new LayersField(
            field.Name, names, Known.FullName(type), Required(creation, "count"), index, calls.Arguments(inner.Arguments));
    }

    private FieldSpec? Value(IFieldSymbol field, VariableDeclaratorSyntax syntax, IOperation value)
    {
        if (Known.KindOf(field.Type) is { } kind and not ValueKind.Tuple) return new ValueField(field.Name, kind, expressions.Read(value));
        string type = field.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        return Unsupported(syntax, $"'{field.Name}' of type '{type}' is nothing that a layer has; "
            + "fields are Linear, LinearBank, Embedding, Parameter, layers, Layers<T>, and values of the constructor's parameters");
    }

    /// <summary>What stands for a number in a weight's name stands where there are several of the kind.</summary>
    private void CheckPlaceholders(IFieldSymbol field, VariableDeclaratorSyntax syntax, EquatableArray<string> names)
    {
        bool isLayers = Known.IsLayers(field.Type), isBank = Known.IsLanguage(field.Type, "LinearBank");
        foreach (string name in names)
        {
            string? message = name switch
            {
                _ when isLayers && !name.Contains("{i}") =>
                    $"all layers of '{field.Name}' would have their weights under '{name}'; put {{i}} where the layer's index stands",
                _ when !isLayers && name.Contains("{i}") =>
                    $"'{{i}}' stands for the index of a layer in Layers<T>, and '{field.Name}' is a {field.Type.Name}",
                _ when !isBank && name.Contains("{e}") =>
                    $"'{{e}}' stands for the number of a linear in a LinearBank, and '{field.Name}' is a {field.Type.Name}",
                _ => null,
            };
            if (message is null) continue;
            context.Report(Rules.WeightNameIndex, syntax.Identifier, message);
            return;
        }
    }

    private static EquatableArray<string> WeightNames(IFieldSymbol field)
    {
        EquatableArray<string> names = ConstantReader.Texts(Known.Attribute(field, "WeightAttribute"));
        if (names.Count > 0) return names;
        return [Known.IsLayers(field.Type) ? field.Name + ".{i}" : field.Name];
    }

    private Expr Required(IObjectCreationOperation creation, string parameter) => Optional(creation, parameter) ?? new NullExpr();

    private Expr? Optional(IObjectCreationOperation creation, string parameter) =>
        ArgumentOf(creation, parameter) is { } value ? expressions.Read(value) : null;

    private static IOperation? ArgumentOf(IObjectCreationOperation creation, string parameter) =>
        creation.Arguments.FirstOrDefault(a => a.Parameter?.Name == parameter && a.ArgumentKind == ArgumentKind.Explicit)?.Value;

    private static IOperation Unwrapped(IOperation operation) =>
        operation is IConversionOperation { IsImplicit: true } conversion ? conversion.Operand : operation;

    private FieldSpec? Unsupported(VariableDeclaratorSyntax at, string message)
    {
        context.Report(Rules.UnsupportedField, at.Identifier, message);
        return null;
    }
}
