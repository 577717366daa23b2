namespace KernelForge.Tests;

internal static class Refuses
{
    /// <summary>The action throws this very exception, with this in its message.</summary>
    public static void With<TException>(string expected, Func<object?> action)
        where TException : Exception =>
        Assert.Contains(expected, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);

    /// <inheritdoc cref="With{TException}(string, Func{object?})"/>
    public static void With<TException>(string expected, Action action)
        where TException : Exception =>
        Assert.Contains(expected, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);
}
