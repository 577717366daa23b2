namespace KernelForge.Models.Generation;

/// <summary>
/// What becomes of the sequence that joined last when the cache has no room for what the next turn needs. The others go on either way.
/// </summary>
public enum WhenFull
{
    /// <summary>
    /// It gives its memory back and waits until another one ends; then its tokens so far are run once more, and it goes on with the same
    /// tokens as if it had never waited. Only a sequence that does not fit by itself gets the error.
    /// </summary>
    Wait,

    /// <summary>It ends with the error, a <see cref="Runtime.CacheFullException"/>.</summary>
    Refuse,
}
