namespace KernelForge.Runtime;

/// <summary>
/// Weights that cannot be read, or that do not fit the description they are loaded into. The message names the file and,
/// where one is to blame, the tensor.
/// </summary>
public sealed class WeightException : Exception
{
    public WeightException(string message) : base(message) { }

    public WeightException(string message, Exception? inner) : base(message, inner) { }

    /// <param name="file">The file as the user knows it: a path, or the name given to bytes in memory.</param>
    /// <param name="tensor">The tensor to blame, or null where the fault is the file's.</param>
    /// <param name="problem">What is wrong, as the end of a sentence that began with the file and the tensor.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public WeightException(string file, string? tensor, string problem, Exception? inner = null)
        : base(tensor is null ? $"{file}: {problem}" : $"{file}: tensor {Weights.Quoted.Text(tensor)} {problem}", inner)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>The file to blame, where there is exactly one.</summary>
    public string? File { get; }

    /// <summary>The tensor to blame, where there is exactly one.</summary>
    public string? Tensor { get; }
}
