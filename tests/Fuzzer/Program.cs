using KernelForge.Fuzzer;
using KernelForge.Fuzzer.Drawing;
using KernelForge.Fuzzer.Running;
using KernelForge.TestData;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}
if (Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") is null && Data.Find("nvrtc") is { } compiler)
    Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC", compiler);

if (options.One is null && options.File is null) return Session.Run(options, Console.Out).Findings.Count == 0 ? 0 : 1;

Case one = options.File is { } file ? CaseText.Read(File.ReadAllText(file))
    : Batch.Draw(Drawer.Draw(options.One!.Value), onGpu: options.Gpu > 0).CaseOf(Drawer.Draw(options.One.Value));
Console.WriteLine(CaseText.Write(one));
Failure? failure = Session.Run(one, Checks.All with { OnGpu = options.Gpu > 0, OnHardware = options.IsHardware });
Console.WriteLine(failure?.ToString() ?? "agrees everywhere");
return failure is null ? 0 : 1;
