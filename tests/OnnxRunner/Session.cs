using Microsoft.ML.OnnxRuntime;

namespace KernelForge.OnnxRunner;

/// <summary>A loaded model, with every optimisation of graphs that ONNX Runtime has.</summary>
internal sealed class Session : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();

    public Session(string model, int threads)
    {
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        session = new InferenceSession(model, settings);
    }

    public static string Peer => "ort-" + OrtEnv.Instance().GetVersionString();

    /// <summary>A tensor over an array that the caller keeps.</summary>
    public static OrtValue Tensor<T>(T[] values, params long[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(values, shape);

    /// <summary>The last side of an output's shape.</summary>
    public int Width(string output) => session.OutputMetadata[output].Dimensions[^1];

    /// <summary>Writes into the memory of <paramref name="output"/>.</summary>
    public void Run(string[] names, OrtValue[] inputs, string outputName, OrtValue output) =>
        session.Run(options, names, inputs, [outputName], [output]);

    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }
}
