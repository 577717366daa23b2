using KernelForge.Hardware;
using KernelForge.Runtime.Cuda;

// What the CUDA runtime does on real hardware, as one JSON object on standard output; exit code 0 where all of it is right.
CudaDevices found = CudaDevice.Find();
var report = new Report();
report.Check("device", found.Any, found.Any ? found.Devices[0].ToString() : found.ToString());
if (!found.Any)
{
    report.Write(Console.Out);
    return 2;
}

using (var work = new EncoderPieces(report))
{
    work.Compile();
    work.Run();
    work.Replay();
    work.Refuse();
}
LostDevice.Check(report);
report.Write(Console.Out);
return report.IsRight ? 0 : 1;
