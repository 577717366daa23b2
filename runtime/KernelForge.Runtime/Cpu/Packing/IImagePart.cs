namespace KernelForge.Runtime.Cpu.Packing;

/// <summary>Weights of a <see cref="WeightImage"/>, laid out as kernels read them.</summary>
internal unsafe interface IImagePart
{
    /// <summary>How much memory they take.</summary>
    long Floats { get; }

    /// <summary>
    /// All that decides their bits, the numbers they are made of by where these lie. Null where that cannot be said: for numbers that are
    /// in memory.
    /// </summary>
    string? Recipe { get; }

    /// <summary>In how many pieces they can be laid out side by side.</summary>
    int Pieces { get; }

    /// <summary>Gives them their memory, 64-byte aligned, of any content.</summary>
    void Place(float* at);

    /// <summary>Lays out a piece: all pieces together write every float.</summary>
    /// <exception cref="WeightException">A tensor does not hold what it should; the message names it.</exception>
    void Fill(int piece);

    /// <summary>Lets go of the numbers that it was made of: a checkpoint in memory is as large as it is.</summary>
    void Release();
}
