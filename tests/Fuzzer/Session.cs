using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using KernelForge.Fuzzer.Compiling;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Drawing;
using KernelForge.Fuzzer.Reports;
using KernelForge.Fuzzer.Running;
using KernelForge.Fuzzer.Shrinking;

namespace KernelForge.Fuzzer;

/// <summary>Draws descriptions, compiles many at a time, runs and compares them, and shrinks what fails.</summary>
internal sealed class Session
{
    private const int AtOnce = 25, AllWidthsEvery = 4;

    /// <summary>One of so many is broken on purpose, and has to be refused.</summary>
    private const int BrokenEvery = 5;

    /// <summary>A run of minutes draws so many times as many descriptions as it runs.</summary>
    private const int Choice = 40;

    private readonly Options options;
    private readonly TextWriter output;
    private readonly Stopwatch clock = Stopwatch.StartNew();

    private Session(Options options, TextWriter output) => (this.options, this.output) = (options, output);

    public Findings Findings { get; } = new();

    public Coverage Coverage { get; } = new();

    public int Drawn { get; private set; }

    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>How many descriptions were compared, on the emulated GPU too, refused as they should be, compared loosely.</summary>
    public int Compared { get; private set; }

    public int OnGpu { get; private set; }

    /// <summary>Whether the GPU is one of this machine's.</summary>
    public bool IsOnHardware => options.IsHardware;

    public int Refused { get; private set; }

    public int Loose { get; private set; }

    /// <summary>How many were run in parts, and how many were refused for what would not go on.</summary>
    public int Incremental { get; private set; }

    public int NotIncremental { get; private set; }

    /// <summary>All that the options ask for; what is found is written as it is found, and a report at the end.</summary>
    public static Session Run(Options options, TextWriter output)
    {
        var session = new Session(options, output);
        session.Run();
        session.Report();
        return session;
    }

    /// <summary>One case; what is wrong with it.</summary>
    public static Failure? Run(Case one, Checks checks)
    {
        using var compiler = new BatchCompiler();
        return new Runner(checks).Run(compiler.Compile([one], checks.OnGpu)[0]);
    }

    private void Run()
    {
        for (int at = 0; options.Minutes is { } minutes ? clock.Elapsed.TotalMinutes < minutes : at < options.Count; at += AtOnce)
        {
            int count = options.Minutes is null ? Math.Min(AtOnce, options.Count - at) : AtOnce;
            // Those for the GPU are spread over the run, a few in each batch.
            int onGpu = options.Gpu == 0 ? 0 : Math.Min(count, (int)Math.Ceiling(options.Gpu * (double)AtOnce / options.Count));
            if (options.Minutes is null) onGpu = Math.Min(onGpu, Math.Max(0, options.Gpu - OnGpu));
            Description[] drawn = options.Minutes is null ? [.. Enumerable.Range(options.Seed + at, count).Select(Drawer.Draw)]
                : Rarest(options.Seed + (at * Choice), count);
            RunAll(drawn[..onGpu], onGpu: true);
            RunAll(drawn[onGpu..], onGpu: false);
            RunBroken([.. drawn.Where(d => d.Seed % BrokenEvery == 0)]);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{at + count} drawn, {Findings.Count} found, {clock.Elapsed.TotalSeconds:f0} s"));
            Drawn = at + count;
            if (options.Report is { } file) RunReport.Write(file, this);
        }
    }

    /// <summary>Of many descriptions those with most of what has been covered least, those before them in the batch too; the GPU has some with long scans, and the rarest.</summary>
    private Description[] Rarest(int seed, int count)
    {
        List<(Description Description, IReadOnlySet<string> Ops)> left =
            [.. Enumerable.Range(seed, count * Choice).Select(Drawer.Draw).Select(drawn => (drawn, drawn.Ops))];
        List<(Description Description, IReadOnlySet<string> Ops)> taken = [];
        while (taken.Count < count)
        {
            (Description, IReadOnlySet<string>) rarest = left.MaxBy(one => Coverage.Rarity(one.Ops, [.. taken.Select(t => t.Ops)]));
            left.Remove(rarest);
            taken.Add(rarest);
        }
        return [.. taken.Select(t => t.Description).OrderByDescending(Batch.IsLongOnGpu).Take(2).Concat(taken.Select(t => t.Description)).Distinct()];
    }

    private void RunAll(Description[] drawn, bool onGpu)
    {
        if (drawn.Length == 0) return;
        Batch[] batches = [.. drawn.Select(d => Batch.Draw(d, onGpu))];
        var failures = new Failure?[drawn.Length];
        var looseness = new double[drawn.Length];
        using (var compiler = new BatchCompiler())
        {
            ImmutableArray<Compiled> compiled = Compile(compiler, drawn, batches, onGpu);
            Parallel.For(0, drawn.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            {
                var runner = new Runner(ChecksOf(drawn[i], onGpu));
                failures[i] = runner.Run(compiled[i]);
                looseness[i] = runner.Looseness;
            });
            for (int i = 0; i < drawn.Length; i++)
                if (failures[i] is null) Coverage.Add(drawn[i], compiled[i], onGpu);
        }
        for (int i = 0; i < drawn.Length; i++)
        {
            if (failures[i] is { } failure)
            {
                Tell(drawn[i], batches[i], failure, ChecksOf(drawn[i], onGpu));
                continue;
            }
            Compared++;
            if (drawn[i].GoesOn is not null) Incremental++;
            if (onGpu) OnGpu++;
            if (looseness[i] > 1e-2) Loose++;
        }
    }

    /// <summary>Compiles all; what cannot go on row by row, and is refused for that, is run as an ordinary layer.</summary>
    private ImmutableArray<Compiled> Compile(BatchCompiler compiler, Description[] drawn, Batch[] batches, bool withCuda)
    {
        ImmutableArray<Compiled> compiled = compiler.Compile([.. drawn.Select((d, i) => batches[i].CaseOf(d))], withCuda);
        int[] refused = [.. Enumerable.Range(0, drawn.Length).Where(i =>
            drawn[i].GoesOn is not null && compiled[i].Failure is { Kind: FailureKind.Refused, Where: "KF0113" })];
        if (refused.Length == 0) return compiled;
        NotIncremental += refused.Length;
        foreach (int i in refused) drawn[i] = drawn[i] with { GoesOn = null };
        ImmutableArray<Compiled> again = compiler.Compile([.. refused.Select(i => batches[i].CaseOf(drawn[i]))], withCuda);
        return [.. compiled.Select((one, i) => Array.IndexOf(refused, i) is >= 0 and var at ? again[at] : one)];
    }

    /// <summary>Every width for some; what is wrong with one is wrong with all, as a rule.</summary>
    private Checks ChecksOf(Description description, bool onGpu) =>
        (description.Seed % AllWidthsEvery == 0 ? Checks.All : Checks.One(description.Seed)) with { OnGpu = onGpu, OnHardware = options.IsHardware };

    private void Tell(Description description, Batch batch, Failure failure, Checks checks)
    {
        if (Findings.IsKnown(failure, description.Seed))
        {
            output.WriteLine($"seed {description.Seed}: {failure.Kind} ({failure.Where}), as before.");
            return;
        }
        output.WriteLine($"seed {description.Seed}: {failure.Kind} ({failure.Where}); it is made smaller.");
        // The device on which it fails is enough.
        Checks narrow =
            checks with
            {
                OnGpu = failure.Where.StartsWith("gpu", StringComparison.Ordinal),
                Widths = [.. checks.Widths.Where(w => failure.Where.StartsWith($"cpu-{w}", StringComparison.Ordinal))],
                OnReference = failure.Where == "reference",
                CpuPrecisions = [.. checks.CpuPrecisions.Where(p => failure.Where.StartsWith($"cpu-{p}", StringComparison.Ordinal))],
                Precisions = [.. checks.Precisions.Where(p => failure.Where == $"gpu-{p}")],
            };
        var shrinker = new Shrinker(compiled => new Runner(narrow).Run(compiled), narrow.OnGpu);
        (Case smallest, Failure last) = shrinker.Shrink(description, batch, failure);
        Findings.Add(smallest, last, failure);
        output.WriteLine(CaseText.Write(smallest));
        output.WriteLine($"{last.Kind} ({last.Where}): {(last.Message.Length > 2000 ? last.Message[..2000] : last.Message)}");
    }

    private void RunBroken(Description[] drawn)
    {
        Broken[] broken = [.. drawn.Select(Broken.Of).OfType<Broken>()];
        if (broken.Length == 0) return;
        using var compiler = new BatchCompiler();
        foreach ((Broken one, Compiled compiled) in broken.Zip(compiler.Compile([.. broken.Select(b => b.Case)], withCuda: false)))
        {
            if (one.Judge(compiled.Failure) is { } failure)
            {
                Findings.Add(one.Case, failure, failure);
                output.WriteLine(CaseText.Write(one.Case));
                output.WriteLine(failure);
            }
            else
            {
                Refused++;
            }
        }
    }

    private void Report()
    {
        output.WriteLine();
        output.Write(Coverage.Table());
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Compared} descriptions agree, {OnGpu} of them on {(options.IsHardware ? "a GPU" : "the emulated GPU")} too; {Refused} broken ones are refused where they break; "
            + $"{Incremental} were run in parts too, {NotIncremental} refused for that (KF0113) and run as they are; "
            + $"{Loose} were compared with an allowance above 1% of a result's root mean square; {Findings.Count} findings; "
            + $"{clock.Elapsed.TotalMinutes:f1} minutes"));
    }
}
