using System.Reflection;
using KernelForge.Compiler.Spec;
using KernelForge.Runtime;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Assemblies;

/// <summary>The models of a built assembly and of what it references, loaded to be configured.</summary>
internal sealed class ModelAssembly
{
    private const string ConfigFile = "config.json";

    private readonly AssemblyContext context;
    private readonly DescribedLayers layers;
    private readonly string file;

    private ModelAssembly(string file, AssemblyContext context, DescribedLayers layers)
    {
        (this.file, this.context, this.layers) = (file, context, layers);
    }

    /// <param name="file">A built assembly; null for the ready models that come with this program.</param>
    /// <param name="references">Where its references are looked for first.</param>
    /// <exception cref="InputException">It is no assembly, or no model can be reached from it.</exception>
    public static ModelAssembly Open(string? file, IReadOnlyList<string> references)
    {
        string opened = file ?? Path.Combine(AppContext.BaseDirectory, "KernelForge.Models.dll");
        DescribedLayers layers = DescribedLayers.Read(opened, references);
        if (!layers.All.Any(l => l.Spec.Kind == LayerKind.Model))
        {
            throw new InputException(
                $"neither '{opened}' nor what it references has a model, a class with [TransformerModel] that binds to a config.json"
                + layers.AboutMissing);
        }
        return new ModelAssembly(opened, new AssemblyContext(new ReferencePlaces(opened, references)), layers);
    }

    /// <summary>
    /// Every model that takes a folder's <c>config.json</c>: of the assembly itself, or, where none of those does, of its references. Where the
    /// configuration names some of them as its <c>architectures</c>, those alone.
    /// </summary>
    /// <param name="folder">Needs no weights.</param>
    /// <param name="name">Only the model of this name; null for every one.</param>
    /// <exception cref="InputException">No model takes it; the message says what each has against it.</exception>
    public IReadOnlyList<ConfiguredModel> Configure(string folder, string? name)
    {
        string path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path)) throw new InputException($"'{folder}' holds no {ConfigFile}: name a model's folder");
        ModelConfig config = ModelConfig.OpenFile(path);
        List<string> refusals = [];
        IEnumerable<DescribedLayer> models = name is null ? layers.All.Where(l => l.Spec.Kind == LayerKind.Model) : [Named(name)];
        foreach (IGrouping<bool, DescribedLayer> group in models.GroupBy(m => layers.Own.Contains(m.Spec)))
        {
            List<ConfiguredModel> taken = [];
            foreach (DescribedLayer model in group)
            {
                try
                {
                    taken.Add(new ConfiguredModel(folder, layers.UnitOf(model.Spec), Configure(TypeOf(model), config)));
                }
                catch (Exception e) when (e is ConfigException or ArgumentException)
                {
                    refusals.Add($"{model.Spec.Name}: {e.Message}");
                }
            }
            if (taken.Count > 0) return name is null ? NamedBy(config, taken) : taken;
        }
        throw new InputException($"no model of '{file}' takes '{path}':\n  {string.Join("\n  ", refusals)}");
    }

    /// <summary>Several may take one configuration, with and without a head: those that it names as its architecture, where it names any.</summary>
    private static List<ConfiguredModel> NamedBy(ModelConfig config, List<ConfiguredModel> taken)
    {
        string[] architectures = config.StringArrayOrNull("architectures") ?? [];
        List<ConfiguredModel> named = [.. taken.Where(model => architectures.Contains(model.Layer.GetType().Name))];
        return named.Count > 0 ? named : taken;
    }

    private DescribedLayer Named(string name)
    {
        DescribedLayer found = layers.Find(name);
        return found.Spec.Kind == LayerKind.Model ? found : throw new InputException(
            $"'{found.Spec.Id}' is a layer, no model: only a class with [TransformerModel] binds to a {ConfigFile}");
    }

    private Type TypeOf(DescribedLayer model)
    {
        try
        {
            Type type = context.Open(model.Assembly.File).GetTypes().First(t => t.FullName?.Replace('+', '.') == model.Spec.Id);
            return type.IsAssignableTo(typeof(ICompiledModel)) ? type : throw new InputException(
                $"'{model.Spec.Id}' has no generated code to run: build its project with a reference to KernelForge.Runtime");
        }
        catch (Exception e) when (e is ReflectionTypeLoadException or FileNotFoundException)
        {
            throw new InputException($"'{model.Assembly.File}' cannot be loaded: {e.Message}{layers.AboutMissing}");
        }
    }

    private static ICompiledLayer Configure(Type model, ModelConfig config)
    {
        MethodInfo configured = typeof(ModelAssembly).GetMethod(nameof(Configured), BindingFlags.NonPublic | BindingFlags.Static)!;
        return (ICompiledLayer)configured.MakeGenericMethod(model).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [config], null)!;
    }

    private static ICompiledLayer Configured<T>(ModelConfig config)
        where T : ICompiledModel => T.Configure(config);
}
