using KernelForge.Emulation.Driver;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Emulation;

/// <summary>Makes an emulated GPU a device like those of <see cref="Device"/>.</summary>
public static class EmulatedDeviceExtensions
{
    extension(Device)
    {
        /// <summary>
        /// A GPU of its own that executes PTX on the CPU and checks every access, for tests and for machines without one: thousands of times
        /// slower than hardware. Needs NVRTC.
        /// </summary>
        /// <param name="architecture">What it is; sm_80 by default.</param>
        /// <param name="seed">Draws the order of warps and of work; see <see cref="EmulatedDriver"/>.</param>
        /// <param name="precision">The type of weights and intermediate values.</param>
        /// <exception cref="NotSupportedException">The architecture's limits are not known.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
        public static Device Emulated(Architecture? architecture = null, int seed = 0, CudaPrecision precision = CudaPrecision.Float32) =>
            CudaDevice.On(new EmulatedDriver(architecture, seed), precision: precision);
    }
}
