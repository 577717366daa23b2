namespace KernelForge.Runtime.Cpu;

/// <summary>Rows with those of earlier runs that are still read, and where they lie: see <see cref="CpuWorkspace.Keep"/>.</summary>
/// <param name="Rows">Kept rows and new ones of each sequence.</param>
/// <param name="Space">Their sequences; a base says at which position the first row in memory stands.</param>
public readonly record struct KeptRows<TVector>(Rows<TVector> Rows, RaggedRows Space) where TVector : unmanaged, IVector<TVector>;
