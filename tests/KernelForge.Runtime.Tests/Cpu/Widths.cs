using KernelForge.Runtime.Cpu;

namespace KernelForge.Runtime.Tests.Cpu;

/// <summary>A test that is generic over the vector, so that each width this machine has runs the same text.</summary>
internal interface IWidthCase
{
    void Run<TVector>() where TVector : unmanaged, IVector<TVector>;
}

internal static class Widths
{
    /// <summary>Runs the case at 128, 256 and 512 bits; a width that the machine lacks runs in pieces.</summary>
    public static void ForEach(IWidthCase test)
    {
        test.Run<Float128>();
        test.Run<Float256>();
        test.Run<Float512>();
    }
}
