namespace KernelForge.Compiler.Diagnostics;

/// <summary>
/// Every rule. The first block is found by the front end while it reads syntax, the second while the layer's values are followed through
/// its methods. <c>docs/rules.md</c> has a failing and a passing example of each that a source can show.
/// </summary>
public static class Rules
{
    private static readonly List<Rule> Listed = [];

    public static Rule CompilerFailed { get; } = Error("KF0000", "The compiler itself failed");

    public static Rule NotPartial { get; } = Error("KF0001", "A class with a layer or layer functions can be reopened: partial, not generic, without a base class");
    public static Rule NoEntry { get; } = Error("KF0002", "A layer has exactly one entry: Forward or an indexer over Tokens");
    public static Rule UnsupportedStatement { get; } = Error("KF0003", "The statement is not part of the language");
    public static Rule UnsupportedExpression { get; } = Error("KF0004", "The expression is not part of the language");
    public static Rule UnknownCall { get; } = Error("KF0005", "The call is of nothing that can be compiled or run on the host");
    public static Rule UnsupportedField { get; } = Error("KF0006", "The field is not something that a layer has");
    public static Rule UnsupportedHyperParameter { get; } = Error("KF0007", "The constructor parameter's type cannot be a hyper-parameter");
    public static Rule MissingConfigKey { get; } = Error("KF0008", "A model's constructor parameter is bound to the configuration or has a default");
    public static Rule UnusedParameter { get; } = Error("KF0009", "A parameter of the layer is never used");
    public static Rule Recursion { get; } = Error("KF0010", "Layers and functions do not call themselves");
    public static Rule NoSpecification { get; } = Error("KF0011", "A referenced layer or function carries what can be compiled");
    public static Rule ForwardCalled { get; } = Info("KF0012", "Forward runs the slow reference; Run is the compiled way");
    public static Rule WeightNameIndex { get; } = Error("KF0013", "Weight names have {i} for Layers<T>, {e} for LinearBank alone");
    public static Rule NotPrimaryConstructor { get; } = Error("KF0014", "A layer has one constructor, the primary one");
    public static Rule NameTaken { get; } = Error("KF0015", "A member of a layer has no name that the generated part of the layer uses");

    public static Rule WidthMismatch { get; } = Error("KF0101", "The widths of two values do not match");
    public static Rule RowSpaceMismatch { get; } = Error("KF0102", "The rows of two values do not belong together");
    public static Rule KindMismatch { get; } = Error("KF0103", "A value of another kind is expected here");
    public static Rule UnboundWidth { get; } = Error("KF0104", "The width of an input is not determined by the model");
    public static Rule AbsentApplied { get; } = Error("KF0105", "A linear that is not there is not applied");
    public static Rule UnassignedLocal { get; } = Error("KF0106", "A value is used that not every path has assigned");
    public static Rule LoopChangesShape { get; } = Error("KF0107", "A value that a loop or branch changes stays rows of the same sequences");
    public static Rule ConditionNotHost { get; } = Error("KF0108", "A condition is decided by hyper-parameters and loop indices alone");
    public static Rule LambdaTooWide { get; } = Error("KF0109", "A score or mask lambda uses what it cannot");
    public static Rule NotCompilable { get; } = Error("KF0110", "The combination of operations is not compiled yet");
    public static Rule MaskNotBounded { get; } = Info("KF0111", "The mask cannot be bounded from positions and prunes nothing");

    public static Rule WidthOfItsUse { get; } = Info("KF0112", "The width of an input is known only where the layer is used, so that it has no Run of its own");

    public static Rule NotIncremental { get; } = Error("KF0113", "A row of an incremental layer depends on its own and earlier rows alone");

    public static Rule NoProduct { get; } = Error("KF0114", "A precision is given to what multiplies rows with weights");
    public static Rule OnePrecision { get; } = Info("KF0115", "A CUDA program has one precision, and no products of bytes");

    /// <summary>All of them, in the order of their numbers.</summary>
    public static IReadOnlyList<Rule> All => Listed;

    private static Rule Error(string id, string title) => List(new Rule(id, title, Severity.Error));

    private static Rule Info(string id, string title) => List(new Rule(id, title, Severity.Info));

    private static Rule List(Rule rule)
    {
        Listed.Add(rule);
        return rule;
    }
}
