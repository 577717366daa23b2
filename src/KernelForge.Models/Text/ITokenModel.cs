using KernelForge.Runtime;

namespace KernelForge.Models.Text;

/// <summary>A model from token ids to a row a token.</summary>
internal interface ITokenModel : IDisposable
{
    /// <summary>Where it runs; never <see cref="Device.Auto"/>.</summary>
    Device Device { get; }

    /// <summary>Which device it is and why, for people.</summary>
    string Choice { get; }

    /// <summary>Fills <paramref name="destination"/> with <c>[tokens, hidden]</c>.</summary>
    void Run(RaggedBatch batch, RaggedMatrix destination);
}
