using KernelForge.Reference;

namespace KernelForge;

/// <summary>
/// Arithmetic by C#'s rules (division cuts towards zero), checked for overflow. Two values have the same rows, or one of them has one
/// integer a sequence of the other's batch, which counts for every row of the sequence. Of one integer a sequence of two batches with as
/// many sequences the result has the rows of the first. Else <see cref="ArgumentException"/> with both shapes.
/// </summary>
public sealed partial class Integers
{
    public static Integers operator +(Integers a, Integers b) => IntegerArithmetic.Map("+", a, b, static (x, y) => checked(x + y));

    public static Integers operator +(Integers a, int b) => IntegerArithmetic.Map("+", a, b, static (x, y) => checked(x + y));

    public static Integers operator +(int a, Integers b) => IntegerArithmetic.Map("+", a, b, static (x, y) => checked(x + y));

    public static Integers operator -(Integers a, Integers b) => IntegerArithmetic.Map("-", a, b, static (x, y) => checked(x - y));

    public static Integers operator -(Integers a, int b) => IntegerArithmetic.Map("-", a, b, static (x, y) => checked(x - y));

    public static Integers operator -(int a, Integers b) => IntegerArithmetic.Map("-", a, b, static (x, y) => checked(x - y));

    public static Integers operator *(Integers a, Integers b) => IntegerArithmetic.Map("*", a, b, static (x, y) => checked(x * y));

    public static Integers operator *(Integers a, int b) => IntegerArithmetic.Map("*", a, b, static (x, y) => checked(x * y));

    public static Integers operator *(int a, Integers b) => IntegerArithmetic.Map("*", a, b, static (x, y) => checked(x * y));

    public static Integers operator /(Integers a, Integers b) => IntegerArithmetic.Map("/", a, b, static (x, y) => checked(x / y));

    public static Integers operator /(Integers a, int b) => IntegerArithmetic.Map("/", a, b, static (x, y) => checked(x / y));

    public static Integers operator /(int a, Integers b) => IntegerArithmetic.Map("/", a, b, static (x, y) => checked(x / y));

    public static Integers operator %(Integers a, Integers b) => IntegerArithmetic.Map("%", a, b, static (x, y) => checked(x % y));

    public static Integers operator %(Integers a, int b) => IntegerArithmetic.Map("%", a, b, static (x, y) => checked(x % y));

    public static Integers operator %(int a, Integers b) => IntegerArithmetic.Map("%", a, b, static (x, y) => checked(x % y));
}
