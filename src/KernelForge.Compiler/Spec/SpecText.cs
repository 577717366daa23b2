namespace KernelForge.Compiler.Spec;

/// <summary>
/// Specifications as compact text and back: how a built assembly carries its layers and functions to the projects that reference it.
/// Spans are left out, as there is no source to point at.
/// </summary>
/// <remarks>
/// S-expressions: <c>(layer 3 …)</c> and <c>(function 3 …)</c>, the number being <see cref="Version"/>. In an expression a bare
/// number is a number (a real one has a point or an exponent), <c>$x</c> a local, <c>.query</c> a field, <c>#hidden</c> a hyper-parameter,
/// <c>~</c> nothing; all else is a list that opens with what it is.
/// </remarks>
public static class SpecText
{
    /// <summary>Counted up when text of an older compiler would be read otherwise than it was meant.</summary>
    public const int Version = 3;

    public static string Write(LayerSpec layer) => new SpecWriter().Layer(layer).ToString();

    public static string Write(FunctionSpec function) => new SpecWriter().Function(function).ToString();

    /// <exception cref="FormatException">The text is no layer, or of another version.</exception>
    public static LayerSpec ReadLayer(string text) => new SpecReader(text).Layer();

    /// <exception cref="FormatException">The text is no function, or of another version.</exception>
    public static FunctionSpec ReadFunction(string text) => new SpecReader(text).Function();
}
