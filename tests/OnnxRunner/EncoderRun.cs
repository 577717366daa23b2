using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Workloads;
using Microsoft.ML.OnnxRuntime;

namespace KernelForge.OnnxRunner;

/// <summary>The layers of BERT-base on a workload: rows in, rows out, padded to the longest of each batch.</summary>
internal static class EncoderRun
{
    private static readonly string[] inputs = ["rows", "lengths"];

    private sealed record Call(int[] Sequences, int Longest, OrtValue[] Inputs, float[] Output, OrtValue Result);

    public static JsonObject Run(string folder, string numbers, string mode, string name, int threads, int layers, int repetitions)
    {
        Workload workload = Workload.All.Single(w => w.Name == name);
        long start = Stopwatch.GetTimestamp();
        string model = string.Create(CultureInfo.InvariantCulture, $"bert-{numbers}-l{layers}.onnx");
        using var session = new Session(Path.Combine(folder, model), threads);
        double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        int[] offsets = Offsets(workload.Lengths);
        float[] packed = workload.Input();
        List<Call> calls = [.. Batches.Cut(mode, workload.Lengths).Select(batch => Prepare(batch, workload.Lengths, offsets, packed))];
        Forward();
        double coldStart = RunLine.SinceStart;
        Times.WarmUp(Forward);
        var times = new Times();
        for (int i = 0; i < repetitions; i++) times.Add(Forward);
        float[] valid = Unpadded(calls, workload, offsets);
        return RunLine.Of(Session.Peer, $"{numbers}-{mode}", workload, threads, layers, times, coldStart, load, valid);

        void Forward()
        {
            foreach (Call call in calls) session.Run(inputs, call.Inputs, "states", call.Result);
        }
    }

    private static int[] Offsets(int[] lengths)
    {
        var offsets = new int[lengths.Length];
        for (int i = 1; i < lengths.Length; i++) offsets[i] = offsets[i - 1] + lengths[i - 1];
        return offsets;
    }

    private static Call Prepare(int[] batch, int[] lengths, int[] offsets, float[] packed)
    {
        const int hidden = BertBase.Hidden;
        int longest = batch.Max(i => lengths[i]);
        var rows = new float[batch.Length * longest * hidden];
        for (int b = 0; b < batch.Length; b++)
            packed.AsSpan(offsets[batch[b]] * hidden, lengths[batch[b]] * hidden).CopyTo(rows.AsSpan(b * longest * hidden));
        var output = new float[rows.Length];
        OrtValue[] values =
        [
            Session.Tensor(rows, batch.Length, longest, hidden), Session.Tensor(Array.ConvertAll(batch, i => lengths[i]), batch.Length),
        ];
        return new Call(batch, longest, values, output, Session.Tensor(output, batch.Length, longest, hidden));
    }

    private static float[] Unpadded(List<Call> calls, Workload workload, int[] offsets)
    {
        const int hidden = BertBase.Hidden;
        var valid = new float[workload.Tokens * hidden];
        foreach (Call call in calls)
            for (int b = 0; b < call.Sequences.Length; b++)
            {
                int sequence = call.Sequences[b];
                Span<float> rows = call.Output.AsSpan(b * call.Longest * hidden, workload.Lengths[sequence] * hidden);
                rows.CopyTo(valid.AsSpan(offsets[sequence] * hidden));
            }
        return valid;
    }
}
