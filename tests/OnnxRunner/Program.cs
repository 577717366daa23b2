using KernelForge.OnnxRunner;

// encoder FOLDER NUMBERS MODE WORKLOAD THREADS LAYERS REPETITIONS    FOLDER/bert-NUMBERS-lLAYERS.onnx on one of the benchmark's workloads
// sentences MODEL NUMBERS MODE IDS THREADS REPETITIONS               a model of sentences on a file of token ids
// MODE is padded (all sequences in one batch), loop (one at a time) or bucketsN (N at a time, sorted by length).
switch (args)
{
    case ["encoder", var folder, var numbers, var mode, var workload, .. { Length: 3 } counts]:
        int[] three = [.. counts.Select(int.Parse)];
        Console.WriteLine(EncoderRun.Run(folder, numbers, mode, workload, three[0], three[1], three[2]).ToJsonString());
        return 0;
    case ["sentences", var model, var numbers, var mode, var ids, .. { Length: 2 } counts]:
        Console.WriteLine(SentenceRun.Run(model, numbers, mode, ids, int.Parse(counts[0]), int.Parse(counts[1])).ToJsonString());
        return 0;
    default:
        Console.Error.WriteLine("expected: encoder FOLDER NUMBERS MODE WORKLOAD THREADS LAYERS REPETITIONS");
        Console.Error.WriteLine("or: sentences MODEL NUMBERS MODE IDS THREADS REPETITIONS");
        return 2;
}
