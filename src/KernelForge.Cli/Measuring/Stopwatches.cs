using System.Diagnostics;
using System.Globalization;
using KernelForge.Cli.Assemblies;
using KernelForge.Cli.Output;
using KernelForge.Cli.Verification;
using KernelForge.Compiler;
using KernelForge.Compiler.Kernels;
using KernelForge.Runtime;
using KernelForge.Runtime.Cpu.Profiling;
using KernelForge.Runtime.Execution;

namespace KernelForge.Cli.Measuring;

/// <summary>Runs a model on one batch and tells how long it takes.</summary>
/// <param name="output">Where it tells.</param>
/// <param name="model">The model.</param>
/// <param name="lengths">Lengths of the batch's sequences.</param>
/// <param name="repetitions">How often it runs.</param>
internal sealed class Stopwatches(TextWriter output, ConfiguredModel model, int[] lengths, int repetitions)
{
    private const int Seed = 20;

    private readonly KernelPlan plan = Pipeline.Plan(model.Unit);

    /// <exception cref="InputException">The model has no code for the device, or no inputs can be made for it.</exception>
    public void Run(Device device, bool profile)
    {
        var maker = new InputMaker(plan, new HyperValues(model.Layer));
        long start = Stopwatch.GetTimestamp();
        using LoadedModel loaded = LoadedModel.Load(model, plan, device);
        ModelSession session = model.Layer.Session!;
        TimeSpan load = Stopwatch.GetElapsedTime(start);
        if (lengths.Max() > maker.LongestSequence)
            throw new InputException($"{model} takes sequences of at most {maker.LongestSequence} tokens; --lengths asks for {lengths.Max()}");
        object[] inputs = maker.Make(lengths, Seed);
        Action run = loaded.Repeatable(inputs);
        run();

        MachineLimits? machine = profile ? MachineLimits.Measure((CpuDevice)session.Device) : null;
        double[] times = new double[repetitions];
        using (KernelProfile? kernels = profile ? KernelProfile.Start() : null)
        {
            for (int i = 0; i < times.Length; i++)
            {
                start = Stopwatch.GetTimestamp();
                run();
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            Tell(session, load, times);
            if (kernels is not null) Tell(kernels.Kernels, times, machine!);
        }
    }

    private void Tell(ModelSession session, TimeSpan load, double[] times)
    {
        Array.Sort(times);
        int tokens = lengths.Sum();
        double median = (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
        output.WriteLine($"{model} on {session.Device}");
        output.WriteLine($"products are in {session.Precisions}{(session.Device is CpuDevice cpu ? $", multiplied with {cpu.Instructions}" : "")}");
        output.WriteLine(Text($"loaded in {load.TotalMilliseconds:0} ms; a batch of {lengths.Length} sequences and {tokens} tokens, run {times.Length} times:"));
        output.WriteLine(Text($"best {times[0]:0.00} ms, median {median:0.00} ms; {tokens / times[0] * 1e3:0} tokens/s, {lengths.Length / times[0] * 1e3:0.0} sequences/s"));
    }

    private void Tell(IReadOnlyList<KernelTime> kernels, double[] times, MachineLimits machine)
    {
        double all = times.Sum(), inside = kernels.Sum(k => k.Time.TotalMilliseconds);
        List<string[]> rows = [.. kernels.Select(k => Row(k, all, machine))];
        rows.Add(["between kernels", "", "", Text($"{(all - inside) / times.Length:0.000}"), Text($"{(all - inside) / all:0.0%}"), "", "", ""]);
        output.WriteLine();
        Tables.Write(output, ["kernel", "values", "calls", "ms", "share", "GFLOP/s", "GB/s", "of the limit"], rows);
        output.WriteLine(Text($"the machine, measured in this run: {machine.Gflops:0.0} GFLOP/s, {machine.GigabytesPerSecond:0.0} GB/s of its memory"));
        output.WriteLine("the limit of a product is the lower of the machine's GFLOP/s and of what its memory brings; of other kernels, the memory's GB/s, which caches exceed");
    }

    private string[] Row(KernelTime kernel, double all, MachineLimits machine)
    {
        double nanoseconds = kernel.Time.TotalNanoseconds, gflops = kernel.Cost.Flops / nanoseconds, bytes = kernel.Cost.Bytes / nanoseconds;
        double limit = kernel.Cost.Flops > 0
            ? Math.Min(machine.Gflops, kernel.Cost.Flops / kernel.Cost.Bytes * machine.GigabytesPerSecond)
            : machine.GigabytesPerSecond;
        return
        [
            kernel.Kind, kernel.Names, Text($"{kernel.Calls / (double)repetitions:0.#}"), Text($"{kernel.Time.TotalMilliseconds / repetitions:0.000}"),
            Text($"{kernel.Time.TotalMilliseconds / all:0.0%}"), kernel.Cost.Flops > 0 ? Text($"{gflops:0.0}") : "",
            kernel.Cost.Bytes > 0 ? Text($"{bytes:0.0}") : "",
            kernel.Cost.Bytes > 0 ? Text($"{(kernel.Cost.Flops > 0 ? gflops : bytes) / limit:0%}") : "",
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
