using System.Globalization;

namespace KernelForge.Fuzzer;

/// <summary>What is asked for on the command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Fuzzer [--count 300] [--seed 1] [--gpu 25] [--minutes 60] [--report RUN.json]   draws and runs descriptions of seeds from --seed on
        Fuzzer --one SEED [--gpu 1]                                 prints one description and runs it on every device
        Fuzzer --file CASE.cs [--gpu 1]                             runs a case as it was printed
        --minutes goes on with further seeds until the time is over. --gpu is how many of --count a GPU runs:
        the emulated one or, with --hardware 1, the first of this machine.
        """;

    /// <summary>How many descriptions, from <see cref="Seed"/> on.</summary>
    public int Count { get; init; } = 300;

    public int Seed { get; init; } = 1;

    /// <summary>How many of them a GPU runs.</summary>
    public int Gpu { get; init; }

    /// <summary>Whether that is one of this machine's, not the emulated one.</summary>
    public bool IsHardware { get; init; }

    /// <summary>Goes on with further seeds until so many minutes are over; null to end with the count.</summary>
    public double? Minutes { get; init; }

    /// <summary>Prints this one and runs it on everything.</summary>
    public int? One { get; init; }

    /// <summary>Where the report is written, as JSON.</summary>
    public string? Report { get; init; }

    /// <summary>A case as it was printed.</summary>
    public string? File { get; init; }

    /// <summary>Null where something is not understood.</summary>
    public static Options? Parse(string[] arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) return null;
            string text = arguments[i + 1];
            bool isNumber = double.TryParse(text, CultureInfo.InvariantCulture, out double value);
            Options? next = arguments[i] switch
            {
                "--report" => options with { Report = text },
                "--file" => options with { File = text },
                "--count" when isNumber => options with { Count = (int)value },
                "--seed" when isNumber => options with { Seed = (int)value },
                "--gpu" when isNumber => options with { Gpu = (int)value },
                "--hardware" when value is 0 or 1 => options with { IsHardware = value == 1 },
                "--minutes" when isNumber => options with { Minutes = value },
                "--one" when isNumber => options with { One = (int)value },
                _ => null,
            };
            if (next is null) return null;
            options = next;
        }
        return options;
    }
}
