using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler;

/// <summary>What comes of a layer.</summary>
/// <param name="Files">Empty where a finding is an error, or where the compilation has no runtime to run it with.</param>
public sealed record CompilationResult(EquatableArray<GeneratedFile> Files, EquatableArray<Finding> Findings);

public sealed record GeneratedFile(string HintName, string Text);
