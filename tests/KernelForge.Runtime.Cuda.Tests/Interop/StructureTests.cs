using System.Reflection;
using System.Runtime.InteropServices;
using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

public sealed class StructureTests
{
    [Theory]
    [InlineData(typeof(LaunchConfig), "CUlaunchConfig")]
    [InlineData(typeof(GraphUpdateInfo), "CUgraphExecUpdateResultInfo")]
    public void Structures_have_every_field_where_the_header_has_it(Type ours, string theirs)
    {
        AbiStructure structure = Abi.Driver.Structure(theirs);
        Assert.Equal(structure.Size, Declaration.SizeOf(ours));

        FieldInfo[] fields = ours.GetFields(BindingFlags.Instance | BindingFlags.Public);
        Assert.Equal(structure.Fields.Keys.Select(Capitalized).Order(), fields.Select(field => field.Name).Order());
        foreach ((string name, (int offset, int size)) in structure.Fields)
        {
            FieldInfo field = ours.GetField(Capitalized(name))!;
            Assert.Equal(offset, (int)Marshal.OffsetOf(ours, field.Name));
            Assert.Equal(size, field.FieldType.IsPointer ? 8 : Declaration.SizeOf(field.FieldType));
        }
    }

    [Fact]
    public void A_launch_attribute_has_its_value_where_the_header_has_it()
    {
        AbiStructure structure = Abi.Driver.Structure("CUlaunchAttribute");
        Assert.Equal(structure.Size, Declaration.SizeOf(typeof(LaunchAttribute)));
        Assert.Equal(structure.Fields["id"], ((int)Marshal.OffsetOf<LaunchAttribute>("Id"), sizeof(int)));
        int value = structure.Fields["value"].Offset;
        Assert.Equal(value, (int)Marshal.OffsetOf<LaunchAttribute>(nameof(LaunchAttribute.ClusterDimension)));
        Assert.Equal(value, (int)Marshal.OffsetOf<LaunchAttribute>(nameof(LaunchAttribute.ProgrammaticStreamSerializationAllowed)));
        Assert.Equal(3 * sizeof(int), Declaration.SizeOf(typeof(Dim3)));
    }

    [Fact]
    public void A_tensor_map_has_the_size_and_alignment_of_the_newest_header()
    {
        AbiStructure structure = Abi.Driver.Structure("CUtensorMap");
        Assert.Equal(structure.Size, Declaration.SizeOf(typeof(TensorMap)));
        Assert.Equal(TensorMap.Size, structure.Size);
        Assert.Equal(TensorMap.Alignment, structure.Alignment);
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
