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
/// <param name="repetitions">How often it runs once it is warm.</param>
internal sealed class Stopwatches(TextWriter output, ConfiguredModel model, int[] lengths, int repetitions)
{
    private const int Seed = 20;

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);

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
        using KernelProfile? profiled = profile ? KernelProfile.Start() : null;
        WarmUp(run);
        MachineLimits? machine = profile ? MachineLimits.Measure((CpuDevice)session.Device) : null;

        double[] times = new double[repetitions];
        var kernels = new KernelTimes(profiled?.Kernels ?? []);
        for (int i = 0; i < times.Length; i++)
        {
            start = Stopwatch.GetTimestamp();
            run();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (profiled is not null) kernels.Add(profiled.Kernels);
        }
        double median = KernelTimes.Median(times);
        Tell(session, load, times.Min(), median);
        if (machine is not null) Tell(kernels, median, machine);
    }

    /// <summary>Until the JIT has seen what is hot, at least once.</summary>
    private static void WarmUp(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        do run();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime);
    }

    private void Tell(ModelSession session, TimeSpan load, double best, double median)
    {
        int tokens = lengths.Sum();
        output.WriteLine($"{model} on {session.Device}");
        output.WriteLine($"products are in {session.Precisions}{(session.Device is CpuDevice cpu ? $", multiplied with {cpu.Instructions}" : "")}");
        output.WriteLine(Text($"loaded in {load.TotalMilliseconds:0} ms; a batch of {lengths.Length} sequences and {tokens} tokens, run {repetitions} times:"));
        output.WriteLine(Text($"best {best:0.00} ms, median {median:0.00} ms; {tokens / best * 1e3:0} tokens/s, {lengths.Length / best * 1e3:0.0} sequences/s"));
    }

    private void Tell(KernelTimes kernels, double median, MachineLimits machine)
    {
        double between = median - kernels.Kernels.Sum(k => k.Median);
        List<string[]> rows = [.. kernels.Kernels.Select(k => Row(k, median, machine))];
        rows.Add(["between kernels", "", "", Text($"{between:0.000}"), Text($"{between / median:0.0%}"), "", "", "", ""]);
        output.WriteLine();
        Tables.Write(output, ["kernel", "values", "calls", "ms", "share", "best ms", "GFLOP/s", "GB/s", "of the limit"], rows);
        output.WriteLine(Text($"the machine, measured in this run: {machine.Gflops:0.0} GFLOP/s, {machine.GigabytesPerSecond:0.0} GB/s of its memory"));
        output.WriteLine("ms and share are medians of batches; what follows is of a kernel's best batch, as the machine's limits are the best of theirs");
        output.WriteLine("the limit of a product is the lower of the machine's GFLOP/s and of what its memory brings; of other kernels, the memory's GB/s, which caches exceed");
    }

    private static string[] Row(BatchKernel kernel, double batch, MachineLimits machine)
    {
        KernelCost cost = kernel.Cost;
        double nanoseconds = kernel.Best * 1e6, gflops = cost.Flops / nanoseconds, bytes = cost.Bytes / nanoseconds;
        double limit = cost.Flops > 0 ? Math.Min(machine.Gflops, cost.Flops / cost.Bytes * machine.GigabytesPerSecond) : machine.GigabytesPerSecond;
        return
        [
            kernel.Kind, kernel.Names, Text($"{kernel.Calls}"), Text($"{kernel.Median:0.000}"), Text($"{kernel.Median / batch:0.0%}"), Text($"{kernel.Best:0.000}"),
            cost.Flops > 0 ? Text($"{gflops:0.0}") : "", cost.Bytes > 0 ? Text($"{bytes:0.0}") : "",
            cost.Bytes > 0 ? Text($"{(cost.Flops > 0 ? gflops : bytes) / limit:0%}") : "",
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
