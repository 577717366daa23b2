using System.Collections.Immutable;

namespace KernelForge;

/// <summary>What <see cref="Ops.Split(Tokens, int)"/> made, to be taken apart into exactly as many values.</summary>
public readonly struct Parts
{
    private readonly ImmutableArray<Tokens> parts;

    internal Parts(ImmutableArray<Tokens> parts) => this.parts = parts;

    /// <summary>The number of parts.</summary>
    public int Count => parts.IsDefault ? 0 : parts.Length;

    public void Deconstruct(out Tokens a, out Tokens b)
    {
        Check(2);
        (a, b) = (parts[0], parts[1]);
    }

    public void Deconstruct(out Tokens a, out Tokens b, out Tokens c)
    {
        Check(3);
        (a, b, c) = (parts[0], parts[1], parts[2]);
    }

    public void Deconstruct(out Tokens a, out Tokens b, out Tokens c, out Tokens d)
    {
        Check(4);
        (a, b, c, d) = (parts[0], parts[1], parts[2], parts[3]);
    }

    public void Deconstruct(out Tokens a, out Tokens b, out Tokens c, out Tokens d, out Tokens e)
    {
        Check(5);
        (a, b, c, d, e) = (parts[0], parts[1], parts[2], parts[3], parts[4]);
    }

    public void Deconstruct(out Tokens a, out Tokens b, out Tokens c, out Tokens d, out Tokens e, out Tokens f)
    {
        Check(6);
        (a, b, c, d, e, f) = (parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    }

    private void Check(int taken)
    {
        if (Count != taken) throw new InvalidOperationException($"Split made {Count} parts, but they are taken apart into {taken}");
    }
}
