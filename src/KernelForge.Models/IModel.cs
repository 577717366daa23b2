using KernelForge.Runtime;

namespace KernelForge.Models;

/// <summary>A loaded model. Several threads may run it at once.</summary>
public interface IModel : IDisposable
{
    /// <summary>Where it runs; never <see cref="Device.Auto"/>.</summary>
    Device Device { get; }
}

/// <summary>Token ids to a row a token: hidden states of encoders and decoders, logits of a head over tokens.</summary>
public interface ITokenModel : IModel
{
    /// <summary>Gives <c>[tokens, features]</c>.</summary>
    RaggedMatrix Run(RaggedBatch ids);

    /// <summary>Fills <paramref name="destination"/> with <c>[tokens, features]</c>.</summary>
    void Run(RaggedBatch ids, RaggedMatrix destination);
}

/// <summary>Token ids to a row a sequence: logits of a classifier, a reranker's score, what a pooler gives.</summary>
public interface ISequenceModel : IModel
{
    /// <summary>Gives <c>[sequences, features]</c>.</summary>
    Matrix Run(RaggedBatch ids);

    /// <summary>Fills <paramref name="destination"/> with <c>[sequences, features]</c>.</summary>
    void Run(RaggedBatch ids, Matrix destination);
}

/// <summary>Encoder and decoder: the ids of as many sources as targets to a row a token of the target.</summary>
public interface ISourceTargetModel : IModel
{
    /// <summary>Gives <c>[target tokens, features]</c>.</summary>
    RaggedMatrix Run(RaggedBatch source, RaggedBatch target);

    /// <summary>Fills <paramref name="destination"/> with <c>[target tokens, features]</c>.</summary>
    void Run(RaggedBatch source, RaggedBatch target, RaggedMatrix destination);
}

/// <summary>Encoder and decoder that give the last hidden state of both.</summary>
public interface IEncoderDecoderModel : ISourceTargetModel
{
    /// <summary>
    /// Fills <paramref name="encoder"/> with <c>[source tokens, features]</c> and <paramref name="decoder"/> with
    /// <c>[target tokens, features]</c>.
    /// </summary>
    void Run(RaggedBatch source, RaggedBatch target, RaggedMatrix encoder, RaggedMatrix decoder);

    /// <inheritdoc/>
    RaggedMatrix ISourceTargetModel.Run(RaggedBatch source, RaggedBatch target)
    {
        var decoder = new RaggedMatrix();
        Run(source, target, new RaggedMatrix(), decoder);
        return decoder;
    }

    /// <inheritdoc/>
    void ISourceTargetModel.Run(RaggedBatch source, RaggedBatch target, RaggedMatrix destination) =>
        Run(source, target, new RaggedMatrix(), destination);
}

/// <summary>Rows of floats (the patches of an image, the frames of a sound) to a row of features each.</summary>
public interface IFeatureModel : IModel
{
    /// <summary>Gives <c>[rows, features]</c>.</summary>
    RaggedMatrix Run(RaggedMatrix input);

    /// <summary>Fills <paramref name="destination"/> with <c>[rows, features]</c>.</summary>
    void Run(RaggedMatrix input, RaggedMatrix destination);
}
