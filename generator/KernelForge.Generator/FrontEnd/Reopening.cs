using KernelForge.Compiler.Spec;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KernelForge.Generator.FrontEnd;

/// <summary>How a class and the types around it are written once more in a generated file, and what hinders that.</summary>
internal static class Reopening
{
    public static string Declaration(TypeDeclarationSyntax type)
    {
        IEnumerable<string> modifiers = type.Modifiers
            .Where(m => !m.IsKind(SyntaxKind.NewKeyword) && !m.IsKind(SyntaxKind.UnsafeKeyword)).Select(m => m.Text);
        string keyword = type is RecordDeclarationSyntax { ClassOrStructKeyword: { RawKind: not 0 } kind }
            ? $"record {kind.Text}"
            : type.Keyword.Text;
        return string.Join(" ", [.. modifiers, keyword, type.Identifier.Text]);
    }

    /// <summary>The types around, outermost first.</summary>
    public static EquatableArray<string> Containing(TypeDeclarationSyntax type) =>
        type.Ancestors().OfType<TypeDeclarationSyntax>().Reverse().Select(Declaration).ToEquatableArray();

    /// <summary>Why a generated part could not be added to the type, or null where it can.</summary>
    public static string? Obstacle(TypeDeclarationSyntax type)
    {
        foreach (TypeDeclarationSyntax each in type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>())
        {
            string name = each.Identifier.Text;
            if (each.TypeParameterList is not null)
                return $"'{name}' is generic; generated code needs one class: remove the type parameters";
            if (each.Modifiers.Any(SyntaxKind.FileKeyword))
                return $"'{name}' is seen in its own file only; remove 'file'";
            if (!each.Modifiers.Any(SyntaxKind.PartialKeyword))
                return $"'{name}' is not partial, so that no generated part can be added: write 'partial {each.Keyword.Text} {name}'";
        }
        return null;
    }
}
