using KernelForge.Compiler.Spec;
using KernelForge.TestData;

namespace KernelForge.Generator.Tests.FrontEnd;

public sealed class LayerReaderTests
{
    [Fact]
    public void The_layer_of_the_language_page() => Snapshot.Verify(SpecText.Write(Read.Layer("Demo.BertLayer", Descriptions.BertLayer)), "txt");

    [Fact]
    public void The_model_of_the_language_page() =>
        Snapshot.Verify(SpecText.Write(Read.Layer("Demo.BertModel", Descriptions.BertLayer, Descriptions.BertModel)), "txt");
}
