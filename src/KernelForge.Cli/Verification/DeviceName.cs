using System.Globalization;
using KernelForge.Cli.Compilation;
using KernelForge.Emulation.Driver;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Cli.Verification;

/// <summary>A device as the command line names it.</summary>
/// <param name="Device">The device.</param>
/// <param name="Emulated">Its driver, where it is an emulated GPU: what it found is asked of it.</param>
internal sealed record DeviceName(Device Device, EmulatedDriver? Emulated)
{
    public const string Forms = "reference|cpu|cuda[:n]|emulated[:sm_80[:seed]]";

    /// <param name="text">One of <see cref="Forms"/>.</param>
    /// <param name="precision">For CUDA devices; null where none is named.</param>
    /// <exception cref="InputException">It is none.</exception>
    public static DeviceName Parse(string text, CudaPrecision? precision)
    {
        string[] parts = text.Split(':');
        switch (parts)
        {
            case ["reference"]:
                return new DeviceName(Device.Reference, null);
            case ["cpu"]:
                return new DeviceName(Device.Cpu(), null);
            case ["cuda"]:
                return new DeviceName(Device.Cuda(0, precision), null);
            case ["cuda", string ordinal] when Number(ordinal) is { } n:
                return new DeviceName(Device.Cuda(n, precision), null);
            case ["emulated"]:
                return OfEmulated(new Architecture(8, 0), 0, precision);
            case ["emulated", string architecture]:
                return OfEmulated(Precisions.ParseArchitecture(architecture), 0, precision);
            case ["emulated", string architecture, string seed] when Number(seed) is { } n:
                return OfEmulated(Precisions.ParseArchitecture(architecture), n, precision);
            default:
                throw new InputException($"'{text}' is no device: write {Forms}, numbers from 0");
        }
    }

    private static DeviceName OfEmulated(Architecture architecture, int seed, CudaPrecision? precision)
    {
        try
        {
            var driver = new EmulatedDriver(architecture, seed);
            return new DeviceName(CudaDevice.On(driver, 0, precision), driver);
        }
        catch (NotSupportedException e)
        {
            throw new InputException(e.Message);
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
