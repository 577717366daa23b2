using KernelForge.Models.Hub;
using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>Loads a model whose class is chosen by what its <c>config.json</c> says.</summary>
/// <remarks>
/// Every method throws <see cref="ConfigException"/> where the configuration is missing, damaged, or of a model that no class describes
/// (the message lists those there are), <see cref="WeightException"/> where the weights do not fit, and <see cref="HubException"/> where a
/// model that is named cannot be had.
/// </remarks>
public static class AutoModel
{
    /// <summary>
    /// The hidden states of an encoder or decoder: chosen by <c>model_type</c>, without the head that a checkpoint may have.
    /// </summary>
    /// <param name="folderOrName">
    /// A folder with <c>config.json</c> and <c>model.safetensors</c> (or its shards), or the name of a model on the hub:
    /// <c>owner/name</c> or <c>owner/name@revision</c>.
    /// </param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    /// <param name="hub">Finds models by name; null for one as the environment says.</param>
    public static ITokenModel Load(string folderOrName, Device? device = null, ModelHub? hub = null) =>
        Load<ITokenModel>(folderOrName, device, hub);

    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    /// <param name="source">The configuration and the weights; it may be disposed afterwards.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    public static ITokenModel Load(ModelSource source, Device? device = null) => Load<ITokenModel>(source, device);

    /// <summary>As <see cref="Load(string, Device?, ModelHub?)"/>, for models that read something else than the ids of one batch.</summary>
    /// <typeparam name="T">What the model is to read and give: <see cref="ISourceTargetModel"/>, <see cref="IFeatureModel"/> …</typeparam>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static T Load<T>(string folderOrName, Device? device = null, ModelHub? hub = null)
        where T : class, IModel
    {
        using ModelSource source = Open(folderOrName, hub);
        return Load<T>(source, device);
    }

    /// <inheritdoc cref="Load{T}(string, Device?, ModelHub?)"/>
    /// <param name="source">The configuration and the weights; it may be disposed afterwards.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    public static T Load<T>(ModelSource source, Device? device = null)
        where T : class, IModel
    {
        ArgumentNullException.ThrowIfNull(source);
        return As<T>(Families.Models.Load(source, device, "a model"), source);
    }

    /// <summary>A row a sequence, from the pooler that the model was trained with: chosen by <c>model_type</c>.</summary>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static ISequenceModel LoadPooler(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        using ModelSource source = Open(folderOrName, hub);
        return Families.Poolers.Load(source, device, "a pooler");
    }

    /// <summary>The logits of a classifier or reranker, <c>[sequences, labels]</c>: chosen by <c>architectures</c>.</summary>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static ISequenceModel LoadSequenceClassifier(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        using ModelSource source = Open(folderOrName, hub);
        return LoadSequenceClassifier(source, device);
    }

    /// <inheritdoc cref="LoadSequenceClassifier(string, Device?, ModelHub?)"/>
    /// <param name="source">The configuration and the weights; it may be disposed afterwards.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    public static ISequenceModel LoadSequenceClassifier(ModelSource source, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Families.SequenceClassifiers.Load(source, device, "a classifier of sequences");
    }

    /// <summary>The logits of a classifier of tokens, <c>[tokens, labels]</c>: chosen by <c>architectures</c>.</summary>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static ITokenModel LoadTokenClassifier(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        using ModelSource source = Open(folderOrName, hub);
        return Families.TokenClassifiers.Load(source, device, "a classifier of tokens");
    }

    /// <summary>The logits of a language model over its vocabulary, a row a token: chosen by <c>architectures</c>.</summary>
    /// <typeparam name="T">
    /// What the model is to read: <see cref="ITokenModel"/>, ids; <see cref="ISourceTargetModel"/>, those of a source and of a target; or a
    /// class of this assembly.
    /// </typeparam>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static T LoadLanguageModel<T>(string folderOrName, Device? device = null, ModelHub? hub = null)
        where T : class, IModel
    {
        using ModelSource source = Open(folderOrName, hub);
        return LoadLanguageModel<T>(source, device);
    }

    /// <inheritdoc cref="LoadLanguageModel{T}(string, Device?, ModelHub?)"/>
    /// <param name="source">The configuration and the weights; it may be disposed afterwards.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    public static T LoadLanguageModel<T>(ModelSource source, Device? device = null)
        where T : class, IModel
    {
        ArgumentNullException.ThrowIfNull(source);
        return As<T>(Families.LanguageModels.Load(source, device, "a language model"), source);
    }

    /// <summary>
    /// A language model that continues sequences, which a <see cref="Generation.GenerationSession"/> runs: chosen by <c>architectures</c>.
    /// It is an
    /// <see cref="IGenerationModel"/>, or an <see cref="IGenerationModel{TSource}"/> of ids or of rows of floats.
    /// </summary>
    /// <inheritdoc cref="Load(string, Device?, ModelHub?)"/>
    public static IIncrementalModel LoadGenerator(string folderOrName, Device? device = null, ModelHub? hub = null)
    {
        using ModelSource source = Open(folderOrName, hub);
        return LoadGenerator(source, device);
    }

    /// <inheritdoc cref="LoadGenerator(string, Device?, ModelHub?)"/>
    /// <param name="source">The configuration and the weights; it may be disposed afterwards.</param>
    /// <param name="device">Where it runs; null for <see cref="Device.Auto"/>.</param>
    public static IIncrementalModel LoadGenerator(ModelSource source, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Families.Generators.Load(source, device, "a language model");
    }

    private static T As<T>(IModel model, ModelSource source)
        where T : class, IModel
    {
        if (model is T wanted) return wanted;
        model.Dispose();
        string described = $"is '{source.Config.String("model_type")}', which {model.GetType().Name} describes";
        throw new ConfigException(
            Path.Combine(source.Name, "config.json"), "model_type", $"{described}: it is no {typeof(T).Name}, but {Kind(model)}");
    }

    private static ModelSource Open(string folderOrName, ModelHub? hub) => ModelSource.Open((hub ?? new ModelHub()).Locate(folderOrName));

    private static string Kind(IModel model) => model switch
    {
        ITokenModel => nameof(ITokenModel),
        ISourceTargetModel => nameof(ISourceTargetModel),
        IFeatureModel => nameof(IFeatureModel),
        _ => $"a model that is loaded by {model.GetType().Name}.Load",
    };
}
