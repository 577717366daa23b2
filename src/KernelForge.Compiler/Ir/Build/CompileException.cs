using KernelForge.Compiler.Diagnostics;

namespace KernelForge.Compiler.Ir.Build;

/// <summary>Ends the compilation of a layer at the first rule that it breaks.</summary>
internal sealed class CompileException(Finding finding) : Exception(finding.Message)
{
    public Finding Finding { get; } = finding;
}
