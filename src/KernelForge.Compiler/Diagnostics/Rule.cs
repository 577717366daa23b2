namespace KernelForge.Compiler.Diagnostics;

public enum Severity { Info, Warning, Error }

/// <summary>A rule of the language: what <c>KFnnnn</c> stands for.</summary>
public sealed record Rule(string Id, string Title, Severity Severity);
