using System.CommandLine;
using KernelForge.Benchmarks.Measure;
using KernelForge.Benchmarks.Model;

namespace KernelForge.Benchmarks.Loading;

/// <summary><c>load</c>: how long until a model can run. <c>loaded</c>: one line, what it calls.</summary>
internal static class LoadCommand
{
    public static Command Create(Option<string?> output, Action<ParseResult, Action<Report>> reporting)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often everything has its turn.", DefaultValueFactory = _ => 5 };
        var native = new Option<string?>("--native") { Description = "A program that prints the first vector of a model: tests/FirstVector, published." };
        var command = new Command("load", "How long a checkpoint of 400 MB takes to load, and how long it is from the start of a native process to its first vector.")
        {
            rounds, native, CompareCommand.Model, output,
        };
        command.SetAction(parsed => reporting(parsed, report =>
        {
            LoadBenchmark.Run(report, parsed.GetValue(rounds));
            if (parsed.GetValue(native) is { } program) FirstVectorBenchmark.Run(report, program, parsed.GetValue(CompareCommand.Model)!, parsed.GetValue(rounds));
        }));
        return command;
    }

    public static Command CreateOne(Option<string> precision)
    {
        var folder = new Argument<string>("folder") { Description = "With config.json and model.safetensors of BERT's kind." };
        var command = new Command("loaded", "How long a model takes to load in this process, one line of JSON.") { folder, precision };
        command.SetAction(parsed => new Report().Add(
            LoadBenchmark.RunOnce(parsed.GetValue(folder)!, ComparedPrecision.Named(parsed.GetValue(precision)!))));
        return command;
    }
}
