using KernelForge.Fuzzer.Running;
using KernelForge.TestData;

namespace KernelForge.Fuzzer.Tests;

/// <summary>Random descriptions agree with their reference run. What fails is in the test's output, ready to be kept in Findings.</summary>
public sealed class SessionTests
{
    [Fact]
    public void Three_hundred_descriptions_on_the_CPU() => Agree(new Options { Count = 300, Seed = 1 });

    [Fact]
    public void Twenty_five_descriptions_on_the_emulated_GPU()
    {
        Environment.SetEnvironmentVariable("KERNELFORGE_NVRTC",
            Environment.GetEnvironmentVariable("KERNELFORGE_NVRTC") ?? Data.Require("nvrtc"));
        Agree(new Options { Count = 25, Seed = 1001, Gpu = 25 });
    }

    [Fact]
    public void More_for_half_an_hour()
    {
        LongRun.Require();
        Agree(new Options { Seed = 10_000, Minutes = 30 });
    }

    [Fact]
    public void A_seed_draws_the_same_text_again()
    {
        for (int seed = 0; seed < 50; seed++) Assert.Equal(Text(seed), Text(seed));

        static string Text(int seed)
        {
            Descriptions.Description drawn = Drawing.Drawer.Draw(seed);
            return CaseText.Write(Drawing.Batch.Draw(drawn).CaseOf(drawn));
        }
    }

    [Fact]
    public void A_case_is_read_as_it_was_written()
    {
        Descriptions.Description drawn = Drawing.Drawer.Draw(5);
        string text = CaseText.Write(Drawing.Batch.Draw(drawn).CaseOf(drawn));
        Assert.Equal(text, CaseText.Write(CaseText.Read(text)));
    }

    private static void Agree(Options options)
    {
        using var output = new StringWriter();
        Session session = Session.Run(options, output);
        TestContext.Current.TestOutputHelper?.WriteLine(output.ToString());
        Assert.True(session.Findings.Count == 0, output.ToString());
        // That something was compared at all, and refused.
        Assert.True(session.Compared == options.Count || options.Minutes is not null);
        Assert.True(session.Refused > 0);
        Assert.Equal(options.Gpu, session.OnGpu);
    }
}
