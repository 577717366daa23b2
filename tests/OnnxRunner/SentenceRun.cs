using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Benchmarks.Measure;
using Microsoft.ML.OnnxRuntime;

namespace KernelForge.OnnxRunner;

/// <summary>A vector for each sequence of token ids. Tokenizing is not part of it: another program wrote the ids.</summary>
internal static class SentenceRun
{
    private static readonly string[] inputs = ["ids", "lengths", "shares"];

    public static JsonObject Run(string model, string numbers, string mode, string idsFile, int threads, int repetitions)
    {
        int[][] ids = JsonSerializer.Deserialize<int[][]>(File.ReadAllText(idsFile))
            ?? throw new JsonException($"'{idsFile}' has no arrays of ids.");
        using var session = new Session(model, threads);
        IReadOnlyList<int[]> batches = Batches.Cut(mode, Array.ConvertAll(ids, sequence => sequence.Length));
        int width = session.Width("vectors");
        var vectors = new float[ids.Length][];
        Encode();
        Times.WarmUp(Encode);
        var times = new Times();
        for (int i = 0; i < repetitions; i++) times.Add(Encode);
        float[] all = [.. vectors.SelectMany(v => v)];
        string texts = Path.GetFileNameWithoutExtension(idsFile);
        return RunLine.OfTexts(Session.Peer, $"{numbers}-{mode}", texts, ids.Length, threads, times, all);

        void Encode()
        {
            foreach (int[] batch in batches)
            {
                float[] result = Encoded(session, [.. batch.Select(i => ids[i])], width);
                for (int b = 0; b < batch.Length; b++) vectors[batch[b]] = result[(b * width)..((b + 1) * width)];
            }
        }
    }

    /// <summary>Filling up to the longest is part of it, as it is of what a user runs.</summary>
    private static float[] Encoded(Session session, int[][] sequences, int width)
    {
        int count = sequences.Length, longest = sequences.Max(s => s.Length);
        var tokens = new int[count * longest];
        var shares = new float[count * longest];
        for (int s = 0; s < count; s++)
        {
            sequences[s].CopyTo(tokens, s * longest);
            shares.AsSpan(s * longest, sequences[s].Length).Fill(1f / sequences[s].Length);
        }
        var result = new float[count * width];
        using OrtValue ids = Session.Tensor(tokens, count, longest), share = Session.Tensor(shares, count, 1, longest),
            lengths = Session.Tensor(Array.ConvertAll(sequences, s => s.Length), count), vectors = Session.Tensor(result, count, 1, width);
        session.Run(inputs, [ids, lengths, share], "vectors", vectors);
        return result;
    }
}
