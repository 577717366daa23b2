namespace KernelForge.TestData;

internal sealed partial class Golden
{
    /// <summary>A family such as <c>bert</c> or <c>papers/mamba</c>; skips the running test where it is not there.</summary>
    public static Golden Require(string family) => new(Data.Require("golden/" + family));
}

internal static partial class Data
{
    /// <summary>As <see cref="Find"/>; skips the running test, saying what is missing and where it was looked for.</summary>
    public static string Require(string relative)
    {
        string? path = Find(relative);
        Assert.SkipWhen(path is null,
            $"'{relative}' is neither in tests/Data nor in '{Path.GetFullPath(External)}' (set KERNELFORGE_TESTDATA)");
        return path!;
    }
}
