using KernelForge.Compiler.Scheduler;
using KernelForge.Compiler.Spec;
using KernelForge.Compiler.Tests.Spec;
using KernelForge.TestData;

namespace KernelForge.Compiler.Tests.Scheduler;

public sealed class DescriptionPartTests
{
    [Fact]
    public void A_layer_within_another_type() => Snapshot.Verify(DescriptionPart.Write(EveryForm.Layer));

    [Fact]
    public void A_class_with_functions() => Snapshot.Verify(DescriptionPart.Write(new FunctionClass(
        "Demo.Functions", "Demo", ["public static partial class Functions"], [EveryForm.Function])));

    [Fact]
    public void A_layer_with_errors() => Snapshot.Verify(DescriptionPart.Write(EveryForm.Layer, isWhole: false));
}
