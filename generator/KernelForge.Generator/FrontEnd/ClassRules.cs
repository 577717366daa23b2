using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Scheduler;
using KernelForge.Compiler.Spec;
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

    /// <summary>Reports members with names of the generated part's; gives those names.</summary>
    public static EquatableArray<string> CheckNames(ParseContext context, INamedTypeSymbol type)
    {
        LayerKind kind = Known.IsModel(type) ? LayerKind.Model : LayerKind.Layer;
        ISymbol[] taken =
        [
            .. GeneratedMembers.Of(kind).SelectMany(name => type.GetMembers(name)).Where(member => !IsGenerated(member)),
        ];
        foreach (ISymbol member in taken)
        {
            context.Report(Rules.NameTaken, NameIn(context.SyntaxOf(member)!),
                $"'{member.Name}' is the name of a member that is generated for '{type.Name}'; give this one another name");
        }
        return taken.Select(member => member.Name).Distinct().ToEquatableArray();
    }

    private static bool IsGenerated(ISymbol member) => member.DeclaringSyntaxReferences.All(r => Known.IsGenerated(r.SyntaxTree));

    private static SyntaxToken NameIn(SyntaxNode declaration) => declaration switch
    {
        MethodDeclarationSyntax method => method.Identifier,
        PropertyDeclarationSyntax property => property.Identifier,
        EventDeclarationSyntax e => e.Identifier,
        VariableDeclaratorSyntax field => field.Identifier,
        BaseTypeDeclarationSyntax type => type.Identifier,
        DelegateDeclarationSyntax type => type.Identifier,
        ParameterSyntax ofRecord => ofRecord.Identifier,
        _ => declaration.GetFirstToken(),
    };
}
