using KernelForge.Compiler.Spec;
using KernelForge.TestData;

namespace KernelForge.Generator.Tests.FrontEnd;

public sealed class LayerReaderTests
{
    [Fact]
    public void The_layer_of_the_language_page() =>
        Snapshot.Verify(SpecText.Write(Read.Layer("Demo.BertLayer", Descriptions.BertLayer)), "txt");

    [Fact]
    public void The_model_of_the_language_page() =>
        Snapshot.Verify(SpecText.Write(Read.Layer("Demo.BertModel", Descriptions.BertLayer, Descriptions.BertModel)), "txt");

    [Fact]
    public void Each_stack_of_layers_has_the_index_of_its_own_lambda()
    {
        LayerSpec layer = Read.Layer("Stacks", """
            [TransformerLayer]
            public sealed partial class Stacks(int hidden, int depth)
            {
                private readonly Layers<LayerNorm> first = new(depth, i => new LayerNorm(hidden, bias: i > 0));
                private readonly Layers<LayerNorm> second = new(depth, i => new LayerNorm(hidden, bias: i > 1));

                public Tokens Forward(Tokens x)
                {
                    for (int i = 0; i < depth; i++) x = second[i][first[i][x]];
                    return x;
                }
            }
            """);
        foreach (LayersField field in layer.Fields.Cast<LayersField>())
        {
            Assert.Equal("i", field.IndexName);
            Assert.Equal(new NameExpr("i", NameKind.Local), ((BinaryExpr)field.Arguments[1].Value).Left);
            Assert.Equal([field.Name + ".{i}"], field.WeightNames);
        }
    }
}
