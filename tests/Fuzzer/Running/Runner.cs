using KernelForge.Fuzzer.Compiling;
using KernelForge.Fuzzer.Running.Later;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace KernelForge.Fuzzer.Running;

/// <summary>Runs one compiled description everywhere and says what is wrong first.</summary>
internal sealed class Runner(Checks checks)
{
    /// <summary>Called with a device and what it gave, before it is compared: what a test plants a fault with.</summary>
    public Action<string, Compiled, Result[]>? Plant { get; init; }

    /// <summary>How loose the comparison was, in units of a result's root mean square.</summary>
    public double Looseness { get; private set; }

    public Failure? Run(Compiled compiled)
    {
        if (compiled.Failure is { } failure) return failure;
        int seed = compiled.Case.Seed;
        object[] inputs = Inputs.Make(compiled.Case.Inputs, seed), otherInputs = Inputs.Make(Inputs.Other(compiled.Case.Inputs), seed + 1);
        Reference reference, otherReference;
        try
        {
            reference = Reference.Of(compiled, inputs);
            otherReference = Reference.Of(compiled, otherInputs);
            Looseness = Math.Max(reference.Looseness, otherReference.Looseness);
        }
        catch (Exception e)
        {
            return new Failure(FailureKind.ReferenceThrew, e.GetType().Name, e.ToString());
        }
        foreach (int width in checks.Widths)
        {
            Device device = Device.Cpu(checks.Threads[0], width);
            if (Guarded($"cpu-{width}", () =>
                Check(compiled, device, $"cpu-{width}", inputs, otherInputs, reference, otherReference)) is { } found) return found;
            Device[] divided = [.. checks.Threads[1..].Select(threads => Device.Cpu(threads, width))];
            if (Guarded($"cpu-{width}", () => CheckThreads(compiled, device, divided, $"cpu-{width}", inputs)) is { } depends)
                return depends;
        }
        foreach (CpuPrecision precision in checks.CpuPrecisions)
            if (Guarded($"cpu-{precision}", () => CheckPrecision(compiled, precision, inputs, reference)) is { } rounded) return rounded;
        if (checks.OnReference && Guarded("reference", () => CheckLater(compiled, inputs)) is { } parts) return parts;
        if (!checks.OnGpu) return null;
        if (Guarded("gpu", () =>
            Check(compiled, checks.Gpu(seed), "gpu", inputs, otherInputs, reference, otherReference)) is { } onGpu) return onGpu;
        foreach (CudaPrecision precision in checks.Precisions)
            if (Guarded($"gpu-{precision}", () => CheckPrecision(compiled, precision, inputs, reference)) is { } inBits) return inBits;
        return null;
    }

    private Failure? Check(
        Compiled compiled, Device device, string where, object[] inputs, object[] otherInputs, Reference reference,
            Reference otherReference)
    {
        using var layer = new LoadedLayer(compiled, device);
        Result[] first = layer.Run(inputs);
        Plant?.Invoke(where, compiled, first);
        if (reference.Difference(first) is { } differs) return new Failure(FailureKind.Differs, where, differs);
        if (otherReference.Difference(layer.Run(otherInputs)) is { } another)
            return new Failure(FailureKind.Differs, where + ", a second batch", another);
        if (Plant is null && Result.Difference(first, layer.Run(inputs)) is { } changed)
            return new Failure(FailureKind.NotRepeatable, where, changed);
        if (Plant is null && where != "gpu" && Allocations(layer, inputs) is > 0 and var bytes)
            return new Failure(FailureKind.Allocates, where, $"a warm run allocates {bytes} bytes on its thread");
        if (Plant is null && CheckLater(layer, compiled, inputs, where, isShort: where == "gpu") is { } later) return later;
        // One sequence is alone already.
        for (int s = 0; Plant is null && SequencesOf(inputs) > 1 && s < SequencesOf(inputs); s++)
            if (DifferenceAlone(first, layer.Run(Inputs.Alone(inputs, s)), s, SequencesOf(inputs)) is { } alone)
                return new Failure(FailureKind.DependsOnBatch, where, $"sequence {s} alone, {alone}");
        return null;
    }

    /// <summary>In 16 bits a result is as far from the exact one as rounding makes it; a sequence has the same bits in any batch.</summary>
    private Failure? CheckPrecision(Compiled compiled, CudaPrecision precision, object[] inputs, Reference reference)
    {
        using var layer = new LoadedLayer(compiled, checks.Gpu(compiled.Case.Seed, precision));
        Result[] actual = layer.Run(inputs);
        Plant?.Invoke($"gpu-{precision}", compiled, actual);
        Reference yardstick = reference.For(compiled, inputs, Precision.Of(precision));
        if (yardstick.Difference(actual) is { } differs) return new Failure(FailureKind.Differs, $"gpu-{precision}", differs);
        if (CheckLater(layer, compiled, inputs, $"gpu-{precision}", isShort: true) is { } later) return later;
        int last = SequencesOf(inputs) - 1;
        return DifferenceAlone(actual, layer.Run(Inputs.Alone(inputs, last)), last, last + 1) is { } alone
            ? new Failure(FailureKind.DependsOnBatch, $"gpu-{precision}", $"sequence {last} alone, {alone}") : null;
    }

    /// <summary>
    /// Products in bfloat16 are as near as that makes them; those in 8 bits have no yardstick, but in both a sequence has the same bits in any
    /// batch and on any threads.
    /// </summary>
    private Failure? CheckPrecision(Compiled compiled, CpuPrecision precision, object[] inputs, Reference reference)
    {
        string where = $"cpu-{precision}";
        Device device = Device.Cpu(2, precision: precision);
        using var layer = new LoadedLayer(compiled, device);
        Result[] actual = layer.Run(inputs);
        Plant?.Invoke(where, compiled, actual);
        if (precision == CpuPrecision.BFloat16 && reference.For(compiled, inputs, Precision.Bits8).Difference(actual) is { } differs)
            return new Failure(FailureKind.Differs, where, differs);
        if (CheckThreads(compiled, device, [Device.Cpu(1, precision: precision)], where, inputs) is { } depends) return depends;
        if (CheckLater(layer, compiled, inputs, where, isShort: true) is { } later) return later;
        int last = SequencesOf(inputs) - 1;
        return DifferenceAlone(actual, layer.Run(Inputs.Alone(inputs, last)), last, last + 1) is { } alone
            ? new Failure(FailureKind.DependsOnBatch, where, $"sequence {last} alone, {alone}") : null;
    }

    private static Failure? CheckLater(Compiled compiled, object[] inputs)
    {
        using var layer = new LoadedLayer(compiled, Device.Reference);
        return CheckLater(layer, compiled, inputs, "reference", isShort: true);
    }

    private static Failure? CheckLater(LoadedLayer layer, Compiled compiled, object[] inputs, string where, bool isShort) =>
        layer.IsIncremental && new IncrementalRun(layer, compiled.Case, inputs, isShort).Difference() is { } text
            ? new Failure(FailureKind.LaterDiffers, where, text) : null;

    private static Failure? CheckThreads(Compiled compiled, Device device, Device[] others, string where, object[] inputs)
    {
        if (others.Length == 0) return null;
        Result[] expected = On(device);
        foreach (Device other in others)
            if (Result.Difference(expected, On(other)) is { } text)
                return new Failure(FailureKind.DependsOnThreads, where, $"{other}: {text}");
        return null;

        Result[] On(Device threads)
        {
            using var layer = new LoadedLayer(compiled, threads);
            return layer.Run(inputs);
        }
    }

    /// <summary>The fewest bytes that one of a few runs of the same batch allocates on the thread that calls it.</summary>
    private static long Allocations(LoadedLayer layer, object[] inputs)
    {
        object[] results = layer.NewResults();
        long least = long.MaxValue;
        for (int round = 0; round < 6 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            layer.Run(inputs, results);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }

    private static Failure? Guarded(string where, Func<Failure?> check)
    {
        try
        {
            return check();
        }
        catch (Exception e)
        {
            return new Failure(FailureKind.Threw, $"{where}, {e.GetType().Name}", e.ToString());
        }
    }

    private static int SequencesOf(object[] inputs) => inputs[0] is RaggedBatch b ? b.SequenceCount
        : ((RaggedMatrix)inputs[0]).SequenceCount;

    private static string? DifferenceAlone(Result[] together, Result[] alone, int sequence, int sequences)
    {
        for (int r = 0; r < together.Length; r++)
        {
            // Rows of a table are the same whatever the batch.
            bool isOfSequences = together[r].Offsets.Length == sequences + 1 && alone[r].Offsets.Length == 2;
            ReadOnlySpan<float> expected = isOfSequences ? together[r].Sequence(sequence) : together[r].Values;
            if (Result.Difference(expected, alone[r].Values) is { } text) return $"result {r}: {text}";
        }
        return null;
    }
}
