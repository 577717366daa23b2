using System.Collections.Immutable;
using System.Diagnostics;
using KernelForge.Fuzzer.Compiling;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Drawing;
using KernelForge.Fuzzer.Running;

namespace KernelForge.Fuzzer.Shrinking;

/// <summary>Makes a failing description smaller for as long as it fails in the same way.</summary>
/// <param name="run">Runs a compiled candidate.</param>
/// <param name="withCuda">Whether candidates are compiled for CUDA.</param>
internal sealed class Shrinker(Func<Compiled, Failure?> run, bool withCuda = false)
{
    private const int AtOnce = 12;

    /// <summary>How long it may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>The smallest case found, and how it fails.</summary>
    public (Case Case, Failure Failure) Shrink(Description description, Batch batch, Failure failure)
    {
        var smallest = new Reduced(description, batch);
        var clock = Stopwatch.StartNew();
        int skip = 0;
        bool hasShrunk = false;
        while (clock.Elapsed < Patience)
        {
            // Candidates are tried from where the last step was found, for what stands before it has just failed to help; then once more.
            Reduced[] candidates = [.. smallest.Smaller().Skip(skip).Take(AtOnce)];
            if (candidates.Length == 0)
            {
                if (!hasShrunk) break;
                (skip, hasShrunk) = (0, false);
            }
            else if (First(candidates, failure) is { } found)
            {
                (smallest, failure) = found;
                (skip, hasShrunk) = (Math.Max(0, skip - AtOnce), true);
            }
            else
            {
                skip += candidates.Length;
            }
        }
        return (smallest.Batch.CaseOf(smallest.Description), failure);
    }

    private (Reduced Reduced, Failure Failure)? First(Reduced[] candidates, Failure failure)
    {
        Case[] cases = [.. candidates.Select((c, i) => c.Batch.CaseOf(c.Description, $"{c.Description.Namespace}Smaller{i}x"))];
        using var compiler = new BatchCompiler();
        ImmutableArray<Compiled> compiled = compiler.Compile(cases, withCuda);
        for (int i = 0; i < candidates.Length; i++)
            if (run(compiled[i]) is { } still && still.IsLike(failure)) return (candidates[i], still);
        return null;
    }
}
