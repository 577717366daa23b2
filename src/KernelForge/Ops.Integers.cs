using KernelForge.Reference;

namespace KernelForge;

/// <summary>Functions of integers that are no operators of C#, with the rows of <see cref="Integers"/>' arithmetic.</summary>
public static partial class Ops
{
    /// <summary>The greater of two integers, row by row.</summary>
    public static Integers Max(Integers a, Integers b) => IntegerArithmetic.Map(nameof(Max), a, b, Math.Max);

    /// <summary>The greater of each integer and a number.</summary>
    public static Integers Max(Integers a, int b) => IntegerArithmetic.Map(nameof(Max), a, b, Math.Max);

    /// <summary>The greater of a number and each integer.</summary>
    public static Integers Max(int a, Integers b) => IntegerArithmetic.Map(nameof(Max), a, b, Math.Max);

    /// <summary>The smaller of two integers, row by row.</summary>
    public static Integers Min(Integers a, Integers b) => IntegerArithmetic.Map(nameof(Min), a, b, Math.Min);

    /// <summary>The smaller of each integer and a number.</summary>
    public static Integers Min(Integers a, int b) => IntegerArithmetic.Map(nameof(Min), a, b, Math.Min);

    /// <summary>The smaller of a number and each integer.</summary>
    public static Integers Min(int a, Integers b) => IntegerArithmetic.Map(nameof(Min), a, b, Math.Min);
}
