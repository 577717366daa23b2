using KernelForge.Compiler.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>What must hold of the class of a layer as a whole.</summary>
internal static class ClassRules
{
    /// <summary>Reports what does not hold; gives why no generated part can be added, or null.</summary>
    public static string? Check(ParseContext context, INamedTypeSymbol type, TypeDeclarationSyntax declaration)
    {
        string? obstacle = Reopening.Obstacle(declaration);
        if (obstacle is not null) context.Report(Rules.NotPartial, declaration.Identifier, obstacle);

        if (type.BaseType is { SpecialType: not SpecialType.System_Object } parent)
            context.Report(Rules.NotPartial, declaration.Identifier,
                $"'{type.Name}' derives from '{parent.Name}', whose fields would be missed; hold that layer in a field instead");

        foreach (IMethodSymbol constructor in type.InstanceConstructors)
        {
            if (context.SyntaxOf(constructor) is ConstructorDeclarationSyntax second)
                context.Report(Rules.NotPrimaryConstructor, second.Identifier,
                    $"'{type.Name}' has a constructor with a body; write its parameters after the class's name, give fields initialisers");
        }
        return obstacle;
    }
}
