using KernelForge.Models;
using KernelForge.Models.Generation;
using KernelForge.Models.Tests;
using KernelForge.Runtime;
using KernelForge.TestData;

namespace KernelForge.Cuda.Tests.Kept;

/// <summary>Sessions on the emulated GPU give the tokens that they give on the CPU.</summary>
public sealed class GeneratedTokensTests
{
    [Fact]
    public void Sequences_that_join_leave_and_fork_become_those_of_the_CPU()
    {
        Golden golden = Golden.Require("llama");
        using TemporaryFolder folder = LanguageModel.All.Single(m => m.Family == "llama").Write(golden, tied: true);
        int[][] prompts = [.. golden.Cases.Select(c => c.Ids!).Where(ids => ids.Length is > 0 and < 40).Take(3)];
        Assert.Equal(3, prompts.Length);
        Assert.Equal(Run(Device.Cpu(2)), Run(Models.Tests.Devices.Of("float32-4")));

        string Run(Device device)
        {
            using IIncrementalModel model = AutoModel.LoadGenerator(folder.Path, device);
            using var session = new GenerationSession(model, new() { Budget = 1 << 24, ChunkTokens = 20 });
            List<GeneratedSequence> all = [session.Join(prompts[0], new() { MaxNewTokens = 6 })];
            session.Step();
            all.Add(session.Join(prompts[1], new() { MaxNewTokens = 4, Beams = 2 }));
            all.Add(session.Join(prompts[0], new() { MaxNewTokens = 9 }));
            session.Step();
            session.Step();
            all[2].Cancel();
            all.Add(session.Join(prompts[2], new() { MaxNewTokens = 3 }));
            while (session.Step()) { }
            all.RemoveAt(2);
            Assert.All(all, sequence => Assert.Null(sequence.Error));
            return string.Join('\n', all.Select(sequence => string.Join(' ', sequence.Tokens.Select(t => t.Id))));
        }
    }
}
