using KernelForge.Compiler.Diagnostics;
using KernelForge.Compiler.Kernels;
using KernelForge.Compiler.Reports;
using KernelForge.Compiler.Spec;
using KernelForge.Models;

namespace KernelForge.Compiler.Tests;

/// <summary>What becomes of <c>[Precision]</c>: here it is put on classes and fields of BERT.</summary>
public sealed class PrecisionTests
{
    private const string Layer = "KernelForge.Models.BertLayer";

    [Fact]
    public void Generated_text_has_the_precisions_that_are_said()
    {
        CompilationUnit unit = Bert(l => l.Id switch
        {
            Layer => Pinned(l, "contract", ProductPrecision.Float32),
            _ => l with { Precision = ProductPrecision.Int8 },
        });
        string[] texts = [.. Pipeline.Compile(unit).Files.Select(f => f.Text)];
        Assert.Contains(
            "LayerPrecision(global::KernelForge.Precision.Int8, (\"layers[i].contract\", global::KernelForge.Precision.Float32))", texts[0],
            StringComparison.Ordinal);
        Assert.Contains(texts, t => t.Contains(
            """layers[{i}].contract.weight"), hidden)), global::KernelForge.Precision.Float32);""", StringComparison.Ordinal));
        Assert.Contains("sum3 = attentionNorm + (contract ·Float32 activated + ", PlanReport.Of(Pipeline.Plan(unit)), StringComparison.Ordinal);
        Assert.StartsWith("[Requires", DescriptionReport.Of(unit.Root), StringComparison.Ordinal);
        Assert.Contains("[Precision(Precision.Int8)]\npublic sealed", DescriptionReport.Of(unit.Root), StringComparison.Ordinal);
    }

    [Fact]
    public void Products_of_one_input_are_one_where_their_precisions_are()
    {
        KernelPlan plan = Pipeline.Plan(Bert(l => l.Id == Layer ? Pinned(l, "key", ProductPrecision.Float32) : l));
        Assert.Contains(plan.Kernels, k => k.Name == "query_value");
        Assert.Contains(plan.Kernels, k => k.Name == "key");
    }

    [Fact]
    public void The_nearest_counts()
    {
        CompilationUnit unit = Bert(l => l.Id switch
        {
            Layer => Pinned(l with { Precision = ProductPrecision.BFloat16 }, "expand", ProductPrecision.Int8),
            _ => Pinned(l with { Precision = ProductPrecision.Int8 }, "layers", ProductPrecision.Float32),
        });
        Dictionary<string, ProductPrecision?> precisions = Pipeline.Plan(unit).Parameters.ToDictionary(p => p.Path.ToString(), p => p.Precision);
        Assert.Equal(ProductPrecision.Int8, precisions["layers[i].expand.weight"]);
        Assert.Equal(ProductPrecision.Float32, precisions["layers[i].contract.weight"]);
        Assert.Null(precisions["layers[i].contract.bias"]);
        Assert.Null(precisions["word.weight"]);
    }

    [Fact]
    public void A_precision_that_chooses_nothing_is_an_error()
    {
        AssertRefused("'norm' multiplies no rows", Pinned("norm", ProductPrecision.Float32));
        AssertRefused("'word' multiplies no rows", Pinned("word", ProductPrecision.BFloat16));
        AssertRefused("the precision 9, and there is none of that number", Pinned("layers", (ProductPrecision)9));

        static CompilationUnit Pinned(string field, ProductPrecision precision) => Bert(l => l.Id == Layer ? l : PrecisionTests.Pinned(l, field, precision));

        static void AssertRefused(string said, CompilationUnit unit)
        {
            Finding found = Assert.Single(Pipeline.Check(unit));
            Assert.Equal(Rules.NoProduct, found.Rule);
            Assert.Contains(said, found.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ProductPrecision.Float32, "all of it is Float32")]
    [InlineData(ProductPrecision.Int8, "no products of bytes")]
    [InlineData(ProductPrecision.BFloat16, null)]
    public void What_CUDA_does_not_do_is_said_where_code_for_it_is_written(ProductPrecision precision, string? said)
    {
        CompilationUnit unit = Bert(l => l.Id == Layer ? l : Pinned(l, "layers", precision));
        Finding[] findings = [.. Pipeline.Check(unit)];
        Assert.Equal(said is null ? [] : [Rules.OnePrecision], findings.Select(f => f.Rule));
        if (said is not null) Assert.Contains(said, findings[0].Message, StringComparison.Ordinal);
        Assert.Empty(Pipeline.Check(unit with { ProgramTypes = ["KernelForge.Runtime.Cpu.CpuProgram`1"] }));
    }

    private static CompilationUnit Bert(Func<LayerSpec, LayerSpec> change)
    {
        CompilationUnit unit = StoredUnits.Of(typeof(BertModel));
        LayerSpec[] layers = [.. unit.Layers.Select(l => l.Id == Layer || l.Id == unit.Root.Id ? change(l) : l)];
        return unit with { Root = change(unit.Root), Layers = layers.ToEquatableArray() };
    }

    private static LayerSpec Pinned(LayerSpec layer, string field, ProductPrecision precision)
    {
        Assert.Contains(layer.Fields, f => f.Name == field);
        return layer with { Fields = layer.Fields.Select(f => f.Name == field ? f with { Precision = precision } : f).ToEquatableArray() };
    }
}
