namespace KernelForge.Generator;

/// <summary>Names of the generator's steps, by which tests ask why each one ran.</summary>
public static class StepNames
{
    /// <summary>Class to specification.</summary>
    public const string ReadLayer = nameof(ReadLayer);

    /// <summary>Layer function to specification.</summary>
    public const string ReadFunction = nameof(ReadFunction);

    /// <summary>A layer with all that it reaches.</summary>
    public const string Unit = nameof(Unit);

    /// <summary>The compiler itself.</summary>
    public const string Compile = nameof(Compile);
}
