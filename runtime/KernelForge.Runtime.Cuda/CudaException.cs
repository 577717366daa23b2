using KernelForge.Runtime.Cuda.Interop;

namespace KernelForge.Runtime.Cuda;

/// <summary>
/// Something that the GPU's software refused, lacks, or did wrong. The message names the call, the code by name and number, and the
/// kernel where one was at work.
/// </summary>
public sealed class CudaException : Exception
{
    public CudaException()
    {
    }

    public CudaException(string message)
        : base(message)
    {
    }

    public CudaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The driver's code, where the driver was asked.</summary>
    public CudaResult? Result { get; private init; }

    /// <summary>The call of the driver or of NVRTC that failed, by the name in its manual.</summary>
    public string? Call { get; private init; }

    /// <summary>The kernel that was loaded, launched or compiled.</summary>
    public string? Kernel { get; private init; }

    /// <summary>Nothing that was made on this device can be used any more.</summary>
    public bool DeviceIsLost { get; private init; }

    /// <param name="call">The call's name in the driver's manual.</param>
    /// <param name="result">What it answered.</param>
    /// <param name="explanation">What the driver says of the code.</param>
    /// <param name="kernel">The kernel at work, or null.</param>
    /// <param name="detail">What was wanted, with its sizes, and what to do; or null.</param>
    public static CudaException FromCall(string call, CudaResult result, string explanation, string? kernel = null, string? detail = null)
    {
        string at = kernel is null ? "" : $" for kernel '{kernel}'";
        string lost = result.LosesContext()
            ? " The device is lost for this process's context: nothing that was made on it can be used, and it was let go of."
            : "";
        string more = detail is null ? "" : $". {detail}";
        return new CudaException($"{call}{at} failed with {result.NativeName()}: {explanation}{more}{lost}")
        {
            Result = result,
            Call = call,
            Kernel = kernel,
            DeviceIsLost = result.LosesContext(),
        };
    }

    /// <summary>What every call answers once the device is lost: why it was.</summary>
    internal static CudaException AfterLoss(string device, CudaException cause) => new(
        $"the device '{device}' was lost before: {cause.Message} Dispose of this context and open the device anew; where other libraries " +
        "of the process keep its primary context, only a new process helps.", cause)
    {
        Result = cause.Result,
        Call = cause.Call,
        Kernel = cause.Kernel,
        DeviceIsLost = true,
    };

    /// <summary>The same for a compilation.</summary>
    public static CudaException FromCompiler(string call, string kernel, string message) =>
        new(message) { Call = call, Kernel = kernel };
}
