using System.Text.Json;
using KernelForge.Benchmarks.Workloads;
using KernelForge.Hardware;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

// The CUDA runtime and generated programs on real hardware, as one JSON object; exit code 0 where all of it is right, 2 without a GPU.
Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    return 3;
}
CudaDevices found = CudaDevice.Find();
var report = new Report(options.Command);
report.Check("device", found.Any, found.Any ? found.Devices[0].ToString() : found.ToString());
if (!found.Any || options.OnlyFinds)
{
    if (!options.OnlyFinds) report.Write(options.Output);
    return found.Any ? 0 : 2;
}
report.Machine(found);

if (!options.IsSmall)
{
    using var work = new EncoderPieces(report);
    report.Try("pieces", () =>
    {
        work.Compile();
        work.Run();
        work.Replay();
        work.Refuse();
    });
}
string[] families = options.IsSmall ? ["bert", "bert-odd"] : [.. GoldenRun.Families];
int most = options.IsSmall ? 40 : int.MaxValue;
foreach (string family in families)
{
    if (options.FolderOf(family) is not { } folder)
    {
        report.Text(family, $"skipped: in none of {string.Join(", ", options.Golden)}");
        continue;
    }
    foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
        report.Try($"{family} {precision}", () => GoldenRun.Check(report, folder, Device.Cuda(0, precision), precision, most));
}
foreach (CudaPrecision precision in Enum.GetValues<CudaPrecision>())
{
    int[] lengths = options.IsSmall ? [70, 3] : [300, 40, 7, 1000];
    report.Try($"steps {precision}", () => StepRun.Check(report, Device.Cuda(0, precision), precision, lengths));
}
if (!options.IsSmall)
{
    foreach (CudaPrecision precision in (CudaPrecision[])[CudaPrecision.Float16, CudaPrecision.BFloat16])
    {
        report.Try($"speed {precision}", () => EncoderSpeed.Measure(report, Device.Cuda(0, precision), precision,
            Workload.All.Where(w => w.Lengths.Length > 1), BertBase.Depth, replays: 30));
    }
    foreach (CudaPrecision precision in (CudaPrecision[])[CudaPrecision.Float16, CudaPrecision.Float32])
        report.Try($"decode {precision}", () => DecodeSpeed.Measure(report, Device.Cuda(0, precision), precision));
    LostDevice.Check(report);
}
foreach ((string name, string file) in options.Included) report.Try(name, () => report.Include(name, JsonDocument.Parse(File.ReadAllBytes(file))));
report.Write(options.Output);
return report.IsRight ? 0 : 1;
