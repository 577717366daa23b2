using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Diagnostics;

/// <summary>A broken rule at a place.</summary>
/// <param name="Owner">The <see cref="LayerSpec.Id"/> or <see cref="FunctionSpec.Id"/> from whose declaration the span is counted.</param>
/// <param name="Message">What is wrong, with the shapes or the limit, and the remedy.</param>
public sealed record Finding(Rule Rule, string Owner, SourceSpan Span, string Message);
