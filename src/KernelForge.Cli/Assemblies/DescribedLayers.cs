using KernelForge.Compiler;
using KernelForge.Compiler.Spec;

namespace KernelForge.Cli.Assemblies;

/// <summary>A layer, and the assembly that carries it.</summary>
internal sealed record DescribedLayer(LayerSpec Spec, StoredTexts Assembly);

/// <summary>All layers and functions that a built assembly and its references carry.</summary>
internal sealed class DescribedLayers
{
    private readonly EquatableArray<LayerSpec> layers;
    private readonly EquatableArray<FunctionSpec> functions;

    private DescribedLayers(
        string assembly, IReadOnlyList<DescribedLayer> all, EquatableArray<FunctionSpec> functions, IReadOnlyList<string> missing,
        string places)
    {
        Own = [.. all.Where(l => l.Assembly.File == assembly).Select(l => l.Spec)];
        All = all;
        layers = all.Select(l => l.Spec).ToEquatableArray();
        this.functions = functions;
        Missing = missing;
        Places = places;
    }

    /// <summary>Those of the assembly itself.</summary>
    public IReadOnlyList<LayerSpec> Own { get; }

    /// <summary>Those of the assembly itself first, then those of its references.</summary>
    public IReadOnlyList<DescribedLayer> All { get; }

    /// <summary>References that were not found, other than those of the framework.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Where references were looked for.</summary>
    public string Places { get; }

    /// <param name="file">A built assembly.</param>
    /// <param name="references">Where its references are looked for first: assemblies, and folders of them.</param>
    /// <exception cref="InputException">The file is no assembly, or carries what this version does not read.</exception>
    public static DescribedLayers Read(string file, IEnumerable<string> references)
    {
        if (!File.Exists(file)) throw new InputException($"'{file}' does not exist: name the .dll that a build made");
        var places = new ReferencePlaces(file, references);
        List<DescribedLayer> layers = [];
        List<FunctionSpec> functions = [];
        List<string> missing = [];
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<string>([file]);
        while (open.TryDequeue(out string? next))
        {
            StoredTexts texts = StoredTexts.Read(next);
            seen.Add(texts.Name);
            layers.AddRange(texts.Layers.Select(t => new DescribedLayer(Read(texts, t, SpecText.ReadLayer), texts)));
            functions.AddRange(texts.Functions.Select(t => Read(texts, t, SpecText.ReadFunction)));
            foreach (string reference in texts.References.Where(seen.Add))
            {
                if (places.Find(reference) is { } found) open.Enqueue(found);
                else if (!IsOfFramework(reference)) missing.Add(reference);
            }
        }
        return new DescribedLayers(file, layers, functions.ToEquatableArray(), missing, places.ToString());
    }

    /// <summary>The layer of a full name, or of a last part of one that fits no other.</summary>
    /// <exception cref="InputException">There is none, or more than one.</exception>
    public DescribedLayer Find(string name)
    {
        DescribedLayer[] found = [.. All.Where(l => l.Spec.Id == name)];
        if (found.Length == 0) found = [.. All.Where(l => l.Spec.Id.EndsWith("." + name, StringComparison.Ordinal))];
        return found switch
        {
            [DescribedLayer one] => one,
            [] => throw new InputException(
                $"no layer is called '{name}': there are {string.Join(", ", All.Select(l => l.Spec.Id))}{AboutMissing}"),
            _ => throw new InputException($"'{name}' could be {string.Join(" or ", found.Select(l => l.Spec.Id))}: write the whole name"),
        };
    }

    /// <summary>A layer with all that it may reach, for every device that code can be written for.</summary>
    public CompilationUnit UnitOf(LayerSpec layer) => new(layer, layers, functions, [.. Pipeline.ProgramTypes]);

    /// <summary>A clause about references that were not found; empty where all were.</summary>
    public string AboutMissing => Missing.Count == 0
        ? ""
        : $"; not found were the references {string.Join(", ", Missing)}, looked for in {Places}: "
            + "name them, or their folder, by --reference";

    private static T Read<T>(StoredTexts texts, string text, Func<string, T> read)
    {
        try
        {
            return read(text);
        }
        catch (FormatException e)
        {
            throw new InputException(
                $"'{texts.File}' has a specification that this version of kernelforge does not read ({e.Message}): "
                + "build it again with the package of the same version");
        }
    }

    private static bool IsOfFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, name + ".dll"))
        || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);
}
