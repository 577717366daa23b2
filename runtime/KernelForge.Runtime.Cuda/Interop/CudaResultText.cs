using System.Globalization;
using System.Text;

namespace KernelForge.Runtime.Cuda.Interop;

/// <summary>What a code is called, and whether anything works after it.</summary>
public static class CudaResultText
{
    /// <summary>The driver's own name and number: <c>CUDA_ERROR_OUT_OF_MEMORY (2)</c>.</summary>
    public static string NativeName(this CudaResult result)
    {
        int code = (int)result;
        if (result == CudaResult.Success) return "CUDA_SUCCESS (0)";
        if (Enum.GetName(result) is not { } name) return string.Create(CultureInfo.InvariantCulture, $"an unknown code ({code})");

        var text = new StringBuilder("CUDA_ERROR");
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c)) text.Append('_');
            text.Append(char.ToUpperInvariant(c));
        }
        return text.Append(CultureInfo.InvariantCulture, $" ({code})").ToString();
    }

    /// <summary>
    /// The context is lost: every later call fails with this or another code, memory and modules are gone, and only a new context (for a
    /// primary one: a new process, or a reset by whoever owns it) helps.
    /// </summary>
    public static bool LosesContext(this CudaResult result) => result is
        CudaResult.Deinitialized or CudaResult.EccUncorrectable or CudaResult.NvlinkUncorrectable or CudaResult.Contained or
        CudaResult.IllegalAddress or CudaResult.LaunchTimeout or CudaResult.ContextIsDestroyed or CudaResult.Assert or
        CudaResult.HardwareStackError or CudaResult.IllegalInstruction or CudaResult.MisalignedAddress or
        CudaResult.InvalidAddressSpace or CudaResult.InvalidPc or CudaResult.LaunchFailed or CudaResult.TensorMemoryLeak or
        CudaResult.MpsClientTerminated or CudaResult.ExternalDevice or CudaResult.Unknown;
}
