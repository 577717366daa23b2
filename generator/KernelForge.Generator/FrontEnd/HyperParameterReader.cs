using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>The parameters of a layer's primary constructor.</summary>
internal sealed class HyperParameterReader(ParseContext context)
{
    public EquatableArray<HyperParameter> Read(INamedTypeSymbol type)
    {
        IMethodSymbol? primary = type.InstanceConstructors.FirstOrDefault(c =>
            context.SyntaxOf(c) is TypeDeclarationSyntax);
        return primary is null ? [] : primary.Parameters.Select(p => Read(p, Known.IsModel(type))).ToEquatableArray();
    }

    private HyperParameter Read(IParameterSymbol parameter, bool isModel)
    {
        var syntax = (ParameterSyntax)parameter.DeclaringSyntaxReferences[0].GetSyntax(context.Cancellation);
        ValueKind? kind = KindOf(parameter, syntax);
        AttributeData? config = Known.Attribute(parameter, "ConfigAttribute");
        if (isModel && config is null && !parameter.HasExplicitDefaultValue)
        {
            context.Report(Rules.MissingConfigKey, syntax.Identifier,
                $"Load does not know what '{parameter.Name}' is: write [Config(\"the_key\")] before it, or give it a default value");
        }

        ITypeSymbol type = parameter.Type;
        bool isNullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return new HyperParameter(
            parameter.Name,
            kind ?? ValueKind.Integer,
            Known.FullName(type),
            isNullable,
            ConstantReader.Texts(config),
            ConstantReader.DefaultOf(parameter))
        {
            Span = context.SpanOf(syntax.Identifier),
        };
    }

    private ValueKind? KindOf(IParameterSymbol parameter, ParameterSyntax syntax)
    {
        if (parameter.Type is IErrorTypeSymbol)
        {
            context.Break();
            return null;
        }
        ValueKind? kind = Known.KindOf(parameter.Type);
        bool isOne = kind is ValueKind.Integer or ValueKind.Real or ValueKind.Boolean or ValueKind.Text or ValueKind.Activation
            or ValueKind.Enumeration or ValueKind.IntegerArray or ValueKind.TextArray;
        if (isOne && parameter.RefKind == RefKind.None) return kind;

        context.Report(Rules.UnsupportedHyperParameter, syntax.Type is { } type ? (SyntaxNode)type : syntax,
            $"'{parameter.Name}' is of type '{parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}'; "
            + "a constructor parameter is int, float, double, bool, string, Activation, an enum, int[] or string[], nullable or not");
        return null;
    }
}
