using System.Text;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda.Tests.Interop;

public sealed class ConstantTests
{
    /// <summary>Our names that are not the header's in another case.</summary>
    private static readonly Dictionary<string, string> renamed = new()
    {
        ["CudaResult.Success"] = "CUDA_SUCCESS",
        ["NvrtcResult.Success"] = "NVRTC_SUCCESS",
        ["EventKind.Timing"] = "CU_EVENT_DEFAULT",
        ["EventKind.Ordering"] = "CU_EVENT_DISABLE_TIMING",
        ["TensorMapFill.Zeros"] = "CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE",
        ["TensorMapDataType.UInt8"] = "CU_TENSOR_MAP_DATA_TYPE_UINT8",
        ["TensorMapDataType.UInt16"] = "CU_TENSOR_MAP_DATA_TYPE_UINT16",
        ["TensorMapDataType.UInt32"] = "CU_TENSOR_MAP_DATA_TYPE_UINT32",
        ["TensorMapDataType.UInt64"] = "CU_TENSOR_MAP_DATA_TYPE_UINT64",
        ["TensorMapDataType.BFloat16"] = "CU_TENSOR_MAP_DATA_TYPE_BFLOAT16",
        ["TensorMapDataType.TFloat32"] = "CU_TENSOR_MAP_DATA_TYPE_TFLOAT32",
        ["TensorMapDataType.Float32FlushDenormals"] = "CU_TENSOR_MAP_DATA_TYPE_FLOAT32_FTZ",
        ["TensorMapDataType.TFloat32FlushDenormals"] = "CU_TENSOR_MAP_DATA_TYPE_TFLOAT32_FTZ",
        ["TensorMapInterleave.Bytes16"] = "CU_TENSOR_MAP_INTERLEAVE_16B",
        ["TensorMapInterleave.Bytes32"] = "CU_TENSOR_MAP_INTERLEAVE_32B",
        ["TensorMapSwizzle.Bytes32"] = "CU_TENSOR_MAP_SWIZZLE_32B",
        ["TensorMapSwizzle.Bytes64"] = "CU_TENSOR_MAP_SWIZZLE_64B",
        ["TensorMapSwizzle.Bytes128"] = "CU_TENSOR_MAP_SWIZZLE_128B",
        ["TensorMapPromotion.Bytes64"] = "CU_TENSOR_MAP_L2_PROMOTION_L2_64B",
        ["TensorMapPromotion.Bytes128"] = "CU_TENSOR_MAP_L2_PROMOTION_L2_128B",
        ["TensorMapPromotion.Bytes256"] = "CU_TENSOR_MAP_L2_PROMOTION_L2_256B",
    };

    [Theory]
    [InlineData(typeof(CudaResult), "cudaError", "CUDA_ERROR")]
    [InlineData(typeof(DeviceProperty), "CUdevice_attribute", "CU_DEVICE_ATTRIBUTE")]
    [InlineData(typeof(FunctionProperty), "CUfunction_attribute", "CU_FUNC_ATTRIBUTE")]
    [InlineData(typeof(StreamKind), "CUstream_flags", "CU_STREAM")]
    [InlineData(typeof(EventKind), "CUevent_flags", "CU_EVENT")]
    [InlineData(typeof(CaptureMode), "CUstreamCaptureMode", "CU_STREAM_CAPTURE_MODE")]
    [InlineData(typeof(GraphUpdateResult), "CUgraphExecUpdateResult", "CU_GRAPH_EXEC_UPDATE")]
    [InlineData(typeof(JitOption), "CUjit_option", "CU_JIT")]
    [InlineData(typeof(LaunchAttributeId), "CUlaunchAttributeID", "CU_LAUNCH_ATTRIBUTE")]
    [InlineData(typeof(TensorMapDataType), "CUtensorMapDataType", "CU_TENSOR_MAP_DATA_TYPE")]
    [InlineData(typeof(TensorMapInterleave), "CUtensorMapInterleave", "CU_TENSOR_MAP_INTERLEAVE")]
    [InlineData(typeof(TensorMapSwizzle), "CUtensorMapSwizzle", "CU_TENSOR_MAP_SWIZZLE")]
    [InlineData(typeof(TensorMapPromotion), "CUtensorMapL2promotion", "CU_TENSOR_MAP_L2_PROMOTION")]
    [InlineData(typeof(TensorMapFill), "CUtensorMapFloatOOBfill", "CU_TENSOR_MAP_FLOAT_OOB_FILL")]
    public void Constants_have_the_headers_values(Type enumeration, string native, string prefix)
    {
        IReadOnlyDictionary<string, long> constants = Abi.Driver.Constants(native);
        foreach (string name in Enum.GetNames(enumeration))
        {
            string expected = renamed.GetValueOrDefault($"{enumeration.Name}.{name}") ?? NativeName(prefix, name);
            if (native == "CUgraphExecUpdateResult" && name is not ("Success" or "Error")) expected = NativeName(prefix + "_ERROR", name);
            Assert.True(constants.TryGetValue(expected, out long value), $"{enumeration.Name}.{name}: there is no {expected}");
            Assert.Equal(value, Convert.ToInt64(Enum.Parse(enumeration, name), null));
        }
    }

    [Fact]
    public void Every_code_of_the_driver_is_known_by_its_own_name()
    {
        foreach ((string name, long value) in Abi.Driver.Constants("cudaError"))
            Assert.Equal($"{name} ({value})", ((CudaResult)value).NativeName());
        Assert.Equal("an unknown code (12345)", ((CudaResult)12345).NativeName());
    }

    [Fact]
    public void Every_code_of_the_compiler_is_known()
    {
        Assert.Equal(
            Abi.Nvrtc.Constants("results").OrderBy(constant => constant.Value),
            Enum.GetValues<NvrtcResult>().Order().Select(value => KeyValuePair.Create(
                value == NvrtcResult.Success ? "NVRTC_SUCCESS" : NativeName("NVRTC_ERROR", value.ToString()), (long)value)));
    }

    private static string NativeName(string prefix, string name)
    {
        var text = new StringBuilder(prefix);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c)) text.Append('_');
            text.Append(char.ToUpperInvariant(c));
        }
        return text.ToString();
    }
}
