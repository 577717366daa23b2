using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;

namespace KernelForge.Generator.FrontEnd;

/// <summary>
/// Static methods of C# that no description is read from: over numbers and truths alone, so that the generated code can call them on the
/// host.
/// </summary>
internal static class HostMethods
{
    private static readonly SymbolDisplayFormat TypeFormat = SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static readonly SymbolDisplayFormat MethodFormat = new(miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Whether a method takes and gives nothing but <c>int</c>, <c>double</c> and <c>bool</c>.</summary>
    public static bool IsOverNumbers(IMethodSymbol method) =>
        method is { IsStatic: true, MethodKind: MethodKind.Ordinary, ReturnsByRef: false, ReturnsByRefReadonly: false }
        && IsNumber(method.ReturnType)
        && method.Parameters.All(p => p is { RefKind: RefKind.None, IsParams: false } && IsNumber(p.Type));

    /// <summary>Whether code outside of the method's own type can call it.</summary>
    public static bool IsReachable(IMethodSymbol method, Compilation compilation) => Obstacle(method, compilation) is null;

    /// <summary>Why generated code could not call a method, with what to do; null where it can.</summary>
    public static string? Obstacle(IMethodSymbol method, Compilation compilation)
    {
        if (method.IsGenericMethod) return "it has type parameters; give it the types that it is called with";
        for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
        {
            if (type.IsGenericType) return $"its type '{type.Name}' has type parameters; move it to one without";
            if (type.IsFileLocal) return $"'{type.Name}' is seen in its own file only; remove 'file'";
            if (!compilation.IsSymbolAccessibleWithin(type, compilation.Assembly))
                return $"'{type.Name}' is {Access(type)}; make it internal";
        }
        return compilation.IsSymbolAccessibleWithin(method, compilation.Assembly)
            ? null
            : $"it is {Access(method)}; make it internal";
    }

    /// <summary>How C# calls the method from anywhere: <c>global::Demo.Encoder.Bucket</c>.</summary>
    public static string NameOf(IMethodSymbol method) =>
        $"{method.ContainingType.ToDisplayString(TypeFormat)}.{method.ToDisplayString(MethodFormat)}";

    private static bool IsNumber(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Double or SpecialType.System_Boolean;

    private static string Access(ISymbol symbol) => symbol.DeclaredAccessibility == Accessibility.Private ? "private" : "protected";
}
