namespace KernelForge.Compiler.Spec;

/// <summary>
/// Where an expression stands, counted from the start of the declaration (class or function) that contains it, so that an edit elsewhere
/// in the file changes no specification. The default value means "nowhere": specifications of referenced assemblies have no source.
/// </summary>
public readonly record struct SourceSpan(int Start, int Length)
{
    public bool IsKnown => Length > 0;
}
