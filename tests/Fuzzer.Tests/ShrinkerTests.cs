using System.Text.RegularExpressions;
using KernelForge.Fuzzer.Descriptions;
using KernelForge.Fuzzer.Drawing;
using KernelForge.Fuzzer.Running;
using KernelForge.Fuzzer.Shrinking;

namespace KernelForge.Fuzzer.Tests;

/// <summary>A fault planted behind the device's back is found, and comes out small.</summary>
public sealed class ShrinkerTests
{
    [Fact]
    public void A_fault_of_attention_comes_out_as_one_attention()
    {
        Case smallest = Shrunk("attention");
        Assert.Contains("Attention(", smallest.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("score:", smallest.Text, StringComparison.Ordinal);
        Assert.True(StatementsOf(smallest) <= 8, smallest.Text);
    }

    [Fact]
    public void A_fault_of_scans_comes_out_as_one_scan()
    {
        Case smallest = Shrunk("scan");
        Assert.Contains("Scan(", smallest.Text, StringComparison.Ordinal);
        Assert.True(StatementsOf(smallest) <= 8, smallest.Text);
    }

    private static int StatementsOf(Case one) =>
        one.Text.Split('\n').Count(line => line.TrimStart().StartsWith("Tokens ", StringComparison.Ordinal));

    /// <summary>Takes a description that is not small, and has the last value of each result be wrong where a plan has a kernel of this
    /// kind.</summary>
    private static Case Shrunk(string kind)
    {
        Description large = Enumerable.Range(500, 400).Select(Drawer.Draw)
            .First(d => Printer.Print(d, "Large") is { Length: > 1000 and < 1800 } text
                && text.Contains(kind + "(", StringComparison.OrdinalIgnoreCase));
        Checks checks = new([256], [1]);
        var runner = new Runner(checks)
        {
            Plant = (_, compiled, results) =>
            {
                bool isWrong = compiled.Generated.Any(file => Regex.IsMatch(file.Text, $"^// +(linear )?{kind} ", RegexOptions.Multiline));
                foreach (Result result in results)
                    if (isWrong && result.Values.Length > 0) result.Values[^1] += 1 + Math.Abs(result.Values[^1]);
            },
        };
        Batch batch = Batch.Draw(large);
        Failure failure = Check(batch.CaseOf(large))!;
        Assert.Equal(FailureKind.Differs, failure.Kind);
        (Case smallest, Failure last) = new Shrinker(runner.Run) { Patience = TimeSpan.FromMinutes(3) }.Shrink(large, batch, failure);
        Assert.True(last.IsLike(failure));
        TestContext.Current.TestOutputHelper?.WriteLine(CaseText.Write(smallest));
        Assert.True(smallest.Text.Length < Printer.Print(large, "Large").Length * 0.7);
        return smallest;

        Failure? Check(Case one)
        {
            using var compiler = new Compiling.BatchCompiler();
            return runner.Run(compiler.Compile([one], withCuda: false)[0]);
        }
    }
}
