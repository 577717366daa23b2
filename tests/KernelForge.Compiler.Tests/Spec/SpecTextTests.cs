using System.Collections;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Text;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.Spec;

public sealed class SpecTextTests
{
    [Fact]
    public void A_layer_reads_back_as_it_was_written() =>
        Assert.Equal(EveryForm.Layer, SpecText.ReadLayer(SpecText.Write(EveryForm.Layer)));

    [Fact]
    public void A_function_reads_back_as_it_was_written() =>
        Assert.Equal(EveryForm.Function, SpecText.ReadFunction(SpecText.Write(EveryForm.Function)));

    [Fact]
    public void The_text_of_a_layer() => Snapshot.Verify(SpecText.Write(EveryForm.Layer), "txt");

    [Fact]
    public void The_example_has_every_form_of_field_statement_and_expression()
    {
        var seen = new HashSet<Type>();
        Visit(EveryForm.Layer, seen);
        Visit(EveryForm.Function, seen);

        Type[] bases = [typeof(Expr), typeof(Statement), typeof(FieldSpec)];
        IEnumerable<Type> all = typeof(Expr).Assembly.GetTypes().Where(t => !t.IsAbstract && bases.Any(t.IsSubclassOf));

        Assert.Empty(all.Except(seen));
    }

    [Fact]
    public void Spans_are_left_out()
    {
        var elsewhere = EveryForm.Layer with { Span = new(10, 5) };
        Assert.Equal(SpecText.Write(EveryForm.Layer), SpecText.Write(elsewhere));
    }

    [Theory]
    [InlineData("(layer 1 \"A\")", "version 1")]
    [InlineData("(function 3 \"A\")", "(layer")]
    [InlineData("(layer 3 \"A\"", "its end")]
    public void Text_that_is_not_a_layer_of_this_version_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => SpecText.ReadLayer(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e-5, "1E-05")]
    [InlineData(-0.0, "-0")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(1.0 / 3, "0.3333333333333333")]
    [InlineData(0.1f, "0.100000001490116")]
    public void Numbers_have_the_fewest_digits_that_read_back(double value, string start)
    {
        string text = NumberText.Shortest(value);
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(NumberText.Parse(text)));
    }

    private static void Visit(object? value, HashSet<Type> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum) return;
        seen.Add(value.GetType());
        if (value is IEnumerable items)
        {
            foreach (object? item in items) Visit(item, seen);
            return;
        }
        foreach (var property in value.GetType().GetProperties().Where(p => p.GetIndexParameters().Length == 0))
            Visit(property.GetValue(value), seen);
    }
}
