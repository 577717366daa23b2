namespace KernelForge.Cli;

/// <summary>What was asked for is not there or makes no sense. The message says what, where, and what to do.</summary>
internal sealed class InputException(string message) : Exception(message);
