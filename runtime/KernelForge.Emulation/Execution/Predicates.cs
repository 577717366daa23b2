namespace KernelForge.Emulation.Execution;

/// <summary>Logic on predicates, all lanes in one word. Operands are offsets; Negated counts for the first, Immediate 1 for the second.</summary>
internal static class Predicates
{
    public static void Move(Warp warp, Instruction instruction, uint mask) => Lanes.SetPredicate(warp, instruction.D, A(warp, instruction), mask);

    public static void Not(Warp warp, Instruction instruction, uint mask) => Lanes.SetPredicate(warp, instruction.D, ~A(warp, instruction), mask);

    public static void And(Warp warp, Instruction instruction, uint mask) =>
        Lanes.SetPredicate(warp, instruction.D, A(warp, instruction) & B(warp, instruction), mask);

    public static void Or(Warp warp, Instruction instruction, uint mask) =>
        Lanes.SetPredicate(warp, instruction.D, A(warp, instruction) | B(warp, instruction), mask);

    public static void Xor(Warp warp, Instruction instruction, uint mask) =>
        Lanes.SetPredicate(warp, instruction.D, A(warp, instruction) ^ B(warp, instruction), mask);

    private static uint A(Warp warp, Instruction instruction) => Lanes.Predicate(warp, instruction.A, instruction.Negated);

    private static uint B(Warp warp, Instruction instruction) => Lanes.Predicate(warp, instruction.B, instruction.Immediate == 1);
}
