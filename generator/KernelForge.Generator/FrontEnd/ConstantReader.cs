using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>Constants that C# has folded, as expressions.</summary>
internal static class ConstantReader
{
    /// <summary>The expression, or null where the language has no such constant.</summary>
    public static Expr? Read(object? value) => value switch
    {
        null => new NullExpr(),
        bool boolean => new BoolExpr(boolean),
        string text => new TextExpr(text),
        double real => new NumberExpr(real, IsInteger: false),
        float real => new NumberExpr(real, IsInteger: false),
        int integer => new NumberExpr(integer, IsInteger: true),
        sbyte or byte or short or ushort or uint or long => new NumberExpr(Convert.ToInt64(value, null), IsInteger: true),
        _ => null,
    };

    public static Expr? Read(TypedConstant constant) => constant.Kind == TypedConstantKind.Array ? null : Read(constant.Value);

    /// <summary>The default value of a parameter, or null where it has none.</summary>
    public static Expr? DefaultOf(IParameterSymbol parameter)
    {
        if (!parameter.HasExplicitDefaultValue) return null;
        Expr? value = Read(parameter.ExplicitDefaultValue);
        // 'double x = 1' has an integer constant converted to a real one.
        return value is NumberExpr number && Known.KindOf(parameter.Type) == ValueKind.Real ? number with { IsInteger = false } : value;
    }

    /// <summary>The texts of an attribute's <c>params string[]</c>.</summary>
    public static EquatableArray<string> Texts(AttributeData? attribute)
    {
        if (attribute is null || attribute.ConstructorArguments.Length == 0) return [];
        TypedConstant argument = attribute.ConstructorArguments[attribute.ConstructorArguments.Length - 1];
        if (argument.Kind != TypedConstantKind.Array || argument.IsNull) return [];
        return argument.Values.Select(v => v.Value as string).OfType<string>().ToEquatableArray();
    }
}
