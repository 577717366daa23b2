namespace KernelForge.TestData;

internal sealed partial class Golden
{
    /// <summary>A family such as <c>bert</c> or <c>papers/mamba</c>; skips the running test where it is not there.</summary>
    public static Golden Require(string family) => new(Data.Require("golden/" + family));
}
