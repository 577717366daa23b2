namespace KernelForge.Tests;

public class AttributeTests
{
    [Requires("none", null)]
    [Requires("several", 1, "two", null)]
    [Requires("absent")]
    private sealed class Described;

    [Fact]
    public void A_requirement_keeps_its_values_even_a_lone_null()
    {
        var required = typeof(Described).GetCustomAttributes(inherit: false).Cast<RequiresAttribute>().ToDictionary(r => r.Key, r => r.Values);
        Assert.Equal([null], required["none"]);
        Assert.Equal([1, "two", null], required["several"]);
        Assert.Empty(required["absent"]);
    }
}
