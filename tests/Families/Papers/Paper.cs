using KernelForge.Runtime;

namespace KernelForge.Families.Papers;

/// <summary>A paper with golden data: its file in <c>examples/Papers</c>, and the models whose results are compared.</summary>
/// <param name="Name">The folder of its golden data, below <c>golden/papers</c>.</param>
/// <param name="File">Where it is described.</param>
/// <param name="Parts">The model itself, then what gives values that are expected within it.</param>
internal sealed record Paper(string Name, string File, params IReadOnlyList<PaperPart> Parts)
{
    public string Golden => "papers/" + Name;
}

/// <summary>A model and the names of the expected values that its results are, in their order.</summary>
internal sealed record PaperPart(IReadOnlyList<string> Outputs, Func<ModelSource, Device, PaperRun> Load)
{
    /// <param name="load">Loads the model.</param>
    /// <param name="run">Gives for each output the values of each sequence.</param>
    /// <param name="outputs">Their names.</param>
    public static PaperPart Of<T>(Func<ModelSource, Device?, T> load, Func<T, PaperCases, float[][][]> run, params string[] outputs)
        where T : IDisposable =>
        new(outputs, (source, device) =>
        {
            T model = load(source, device);
            return new PaperRun(model, cases => run(model, cases));
        });
}

/// <summary>A loaded model: for each output the values of each case.</summary>
internal sealed record PaperRun(IDisposable Model, Func<PaperCases, float[][][]> Run) : IDisposable
{
    public void Dispose() => Model.Dispose();
}
