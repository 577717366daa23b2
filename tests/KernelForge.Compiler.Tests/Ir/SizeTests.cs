using KernelForge.Compiler.Ir;
using KernelForge.Compiler.Spec;

namespace KernelForge.Compiler.Tests.Ir;

public sealed class SizeTests
{
    private static readonly Size Hidden = Symbol("hidden");
    private static readonly Size Heads = Symbol("heads");

    [Fact]
    public void Two_ways_of_writing_a_size_are_equal()
    {
        Assert.Equal((Hidden * Size.Of(3)) - Hidden, Size.Of(2) * Hidden);
        Assert.Equal((Hidden + Heads) * (Hidden - Heads), (Hidden * Hidden) - (Heads * Heads));
        Assert.Equal(Size.Zero, Hidden - Hidden);
        Assert.NotEqual(Hidden, Heads);
    }

    [Fact]
    public void An_exact_quotient_is_taken()
    {
        Assert.True((Hidden * Heads * Size.Of(6)).Divides(Heads * Size.Of(2), out Size? quotient));
        Assert.Equal(Hidden * Size.Of(3), quotient);
        Assert.True((Hidden + Heads).Divides(Hidden + Heads, out Size? one));
        Assert.True(one!.IsOne);
        Assert.False(Hidden.Divides(Heads, out _));
        Assert.False((Hidden * Size.Of(3)).Divides(Size.Of(2), out _));
    }

    [Fact]
    public void A_quotient_meets_its_divisor_again_only_under_a_condition()
    {
        Size headWidth = Hidden.DivideBy(Heads);
        Assert.NotEqual(Hidden, headWidth * Heads);
        Assert.True(Hidden.EqualsIfExact(headWidth * Heads, out IReadOnlyList<(Size Dividend, Size Divisor)> quotients));
        Assert.Equal([(Hidden, Heads)], quotients);
        Assert.False(Hidden.EqualsIfExact(headWidth * Size.Of(2), out _));
    }

    [Fact]
    public void A_size_prints_as_a_person_writes_it()
    {
        Assert.Equal("3 * hidden", (Hidden + Hidden + Hidden).ToString());
        Assert.Equal("hidden - heads", (Hidden - Heads).ToString());
        Assert.Equal("hidden / heads + 1", (Hidden.DivideBy(Heads) + Size.One).ToString());
    }

    private static Size Symbol(string name) => Size.From(new Scalar.Hyper(name, ValueKind.Integer, false));
}
