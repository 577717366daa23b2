using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using KernelForge.Runtime;
using KernelForge.Runtime.Cuda;

namespace SemanticSearch;

/// <summary>From arguments to an exit code: 0 found, 1 nothing found or failed, 2 wrong usage, 130 interrupted.</summary>
internal static class CommandLine
{
    private static readonly Argument<string[]> question = new("question")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "What to look for, in plain words; without it questions are read from standard input, one a line.",
    };
    private static readonly Option<string?> texts = new("--texts") { HelpName = "file", Description = "Search the lines of a text file." };
    private static readonly Option<string?> docs = new("--docs")
    {
        HelpName = "folder",
        Description = "Search the XML documentation files below a folder, instead of those that the .NET SDK has on disk.",
    };
    private static readonly Option<string> model = new("--model")
    {
        HelpName = "folder|name",
        Description = "A BERT sentence encoder as sentence-transformers saves it, instead of the small one that comes along: a folder, or "
            + "a name on Hugging Face's hub such as sentence-transformers/all-MiniLM-L6-v2, which is downloaded once.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "Model"),
    };
    private static readonly Option<int> top = Positive("--top", "count", "Results of a question at most.", 5);
    private static readonly Option<float> least = new("--min-score")
    {
        HelpName = "cosine",
        Description = "The least similarity that counts as found, from -1 to 1.",
        DefaultValueFactory = _ => 0.1f,
    };
    private static readonly Option<int> maxTexts = Positive("--max-texts", "count", "Texts searched at most.", 20_000);
    private static readonly Option<int> threads = new("--threads")
    {
        HelpName = "count",
        Description = "Run on so many threads of the CPU; 0 lets the library choose.",
    };
    private static readonly Option<string?> device = new("--device")
    {
        HelpName = SearchDevice.Forms,
        Description = "Where the model runs; without it the first GPU that can be used, else the CPU. An emulated GPU needs no hardware, "
            + $"but is so slow that the first {SearchDevice.EmulatedTexts} texts are searched only.",
    };
    private static readonly Option<string?> precision = new("--precision")
    {
        HelpName = string.Join('|', SearchDevice.Precisions),
        Description = "On a GPU the type of weights and intermediate values (f16, bf16, tf32, f32); on the CPU that of weights (f32, bf16, int8).",
    };
    private static readonly Option<bool> json = new("--json") { Description = "Print a JSON object a question, on one line." };

    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine($"semantic-search: {error.Message}");
            Console.Error.WriteLine("Try --help.");
            return ExitCode.Usage;
        }
        // Exceptions and signals become messages and exit codes below, not in the parser's way.
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(configuration);
    }

    private static RootCommand Build()
    {
        var root = new RootCommand("Searches the API documentation that the .NET SDK has on disk, by meaning.")
        {
            question, texts, docs, model, top, least, maxTexts, device, precision, threads, json,
        };
        Bound(threads, 0);
        precision.AcceptOnlyFromAmong([.. SearchDevice.Precisions]);
        root.Validators.Add(result =>
        {
            if (result.GetResult(texts) is not null && result.GetResult(docs) is not null)
                result.AddError("--texts and --docs exclude each other");
            try
            {
                _ = DeviceOf(result);
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
            }
            catch (InvalidOperationException)
            {
                // The number of threads is none, which has a message of its own.
            }
        });
        question.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.StartsWith('-') && t.Value.Length > 1) is { } option)
                result.AddError($"'{option.Value}' is no option");
            else if (result.Tokens.Count > 0 && result.Tokens.All(t => string.IsNullOrWhiteSpace(t.Value)))
                result.AddError("the question is empty");
        });
        root.SetAction((result, _) => RunAsync(Options(result)));
        return root;
    }

    private static SearchOptions Options(ParseResult result)
    {
        string[] words = result.GetValue(question) ?? [];
        return new SearchOptions(words.Length == 0 ? null : string.Join(' ', words), result.GetValue(texts), result.GetValue(docs),
            result.GetValue(model)!, result.GetValue(top), result.GetValue(least), result.GetValue(maxTexts), DeviceOf(result.RootCommandResult),
            result.GetValue(json));
    }

    private static SearchDevice DeviceOf(SymbolResult result) =>
        SearchDevice.Parse(result.GetValue(device), result.GetValue(precision), result.GetValue(threads));

    private static async Task<int> RunAsync(SearchOptions options)
    {
        using var signals = new Signals();
        try
        {
            return await Search.RunAsync(options, signals.Token);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return signals.ExitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException
            or ConfigException or WeightException or CudaException)
        {
            Console.Error.WriteLine($"semantic-search: {e.Message}");
            return ExitCode.Failed;
        }
    }

    private static Option<int> Positive(string name, string unit, string description, int usual)
    {
        var option = new Option<int>(name) { HelpName = unit, Description = description, DefaultValueFactory = _ => usual };
        Bound(option, 1);
        return option;
    }

    // What is no number at all has its own message.
    private static void Bound(Option<int> option, int least) => option.Validators.Add(result =>
    {
        foreach (Token token in result.Tokens)
            if (int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value < least)
                result.AddError($"{option.Name} must be at least {least}");
    });
}
