using System.Text;
using KernelForge.Runtime.Cuda.Interop;
using KernelForge.Runtime.Cuda.Memory;
using KernelForge.Runtime.Cuda.Nvrtc;

namespace KernelForge.Runtime.Cuda;

/// <summary>A GPU of a machine.</summary>
/// <param name="Ordinal">By the driver's order, from 0.</param>
/// <param name="Name">Such as <c>NVIDIA H100</c>.</param>
/// <param name="Architecture">Its compute capability.</param>
/// <param name="Bytes">Its memory.</param>
public sealed record CudaDeviceInfo(int Ordinal, string Name, Architecture Architecture, nuint Bytes)
{
    public override string ToString() => $"cuda {Ordinal}: {Name}, {Architecture}, {SizeClass.Text(Bytes)}";
}

/// <summary>What a machine has for running on CUDA devices.</summary>
/// <param name="Devices">Its GPUs; empty where there is none or no driver.</param>
/// <param name="Driver">The driver, or why there is none.</param>
/// <param name="DriverIsUsable">Whether <paramref name="Driver"/> is one.</param>
/// <param name="Compiler">NVRTC, or why there is none.</param>
/// <param name="CompilerIsUsable">Whether <paramref name="Compiler"/> is one. Without it only kernels in the cache run.</param>
public sealed record CudaDevices(
    IReadOnlyList<CudaDeviceInfo> Devices, string Driver, bool DriverIsUsable, string Compiler, bool CompilerIsUsable)
{
    /// <summary>Whether a device can run something, at the least what is compiled already.</summary>
    public bool Any => Devices.Count > 0;

    /// <summary>Everything in words, a line or more each: the driver, its devices, the compiler.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(DriverIsUsable ? "driver: " : "").Append(Driver).Append('\n');
        foreach (CudaDeviceInfo device in Devices) text.Append(device).Append('\n');
        if (DriverIsUsable && Devices.Count == 0) text.Append("the driver has no device\n");
        return text.Append(CompilerIsUsable ? "compiler: " : "").Append(Compiler).ToString();
    }

    internal static CudaDevices Find() => Find(NativeDriver.Open, NvrtcCompiler.Open);

    internal static CudaDevices Find(Func<ICudaDriver> openDriver, Func<NvrtcCompiler> openCompiler)
    {
        IReadOnlyList<CudaDeviceInfo> devices = [];
        string driverText, compilerText;
        bool driverIsUsable = false, compilerIsUsable = false;
        try
        {
            ICudaDriver driver = openDriver();
            devices = List(driver);
            driverText = driver.Description;
            driverIsUsable = true;
        }
        catch (CudaException error)
        {
            driverText = error.Message;
        }
        try
        {
            NvrtcCompiler compiler = openCompiler();
            compilerText = $"NVRTC {compiler.Version} ('{compiler.Path}')";
            compilerIsUsable = true;
        }
        catch (CudaException error)
        {
            compilerText = error.Message;
        }
        return new CudaDevices(devices, driverText, driverIsUsable, compilerText, compilerIsUsable);
    }

    private static CudaDeviceInfo[] List(ICudaDriver driver)
    {
        Check(driver, "cuDeviceGetCount", driver.GetDeviceCount(out int count));
        var devices = new CudaDeviceInfo[count];
        for (int i = 0; i < count; i++)
        {
            Check(driver, "cuDeviceGet", driver.GetDevice(i, out DeviceHandle device));
            Check(driver, "cuDeviceGetName", driver.GetDeviceName(device, out string name));
            Check(driver, "cuDeviceTotalMem", driver.GetDeviceMemory(device, out nuint bytes));
            CudaResult major = driver.GetDeviceProperty(device, DeviceProperty.ComputeCapabilityMajor, out int majorValue);
            Check(driver, "cuDeviceGetAttribute", major);
            CudaResult minor = driver.GetDeviceProperty(device, DeviceProperty.ComputeCapabilityMinor, out int minorValue);
            Check(driver, "cuDeviceGetAttribute", minor);
            devices[i] = new CudaDeviceInfo(i, name, new Architecture(majorValue, minorValue), bytes);
        }
        return devices;
    }

    private static void Check(ICudaDriver driver, string call, CudaResult result)
    {
        if (result != CudaResult.Success) throw CudaException.FromCall(call, result, driver.Explain(result));
    }
}
