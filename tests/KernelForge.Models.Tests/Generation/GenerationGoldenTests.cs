using KernelForge.Models.Generation;
using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Generation;

/// <summary>
/// Small checkpoints of every family with a head generate greedily in ragged batches that sequences join and leave. Each run's logits are
/// those of a whole run without a cache, bit for bit: so the tokens are those that whole runs give.
/// </summary>
public sealed class GenerationGoldenTests
{
    private const int NewTokens = 64, LongestPrompt = 70;

    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> all = [];
            foreach (LanguageModel family in LanguageModel.All) all.Add(family.Family, 0);
            all.Add("mistral", 128);
            all.Add("t5", 256);
            all.Add("moonshine", 512);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Sequences_that_join_and_leave_go_on_bit_for_bit_as_whole_runs_do(string family, int vectorBits)
    {
        Device device = vectorBits == 0 ? Device.Cpu(2) : Device.Cpu(1, vectorBits);
        Golden golden = Golden.Require(family);
        using TemporaryFolder folder = Family(family).Write(golden, tied: family != "llama");
        using ComparedModel model = Load(folder.Path, device);
        using var session = new GenerationSession(model, new() { Budget = 1 << 26, ChunkTokens = 20 });
        GenerationOptions options = new() { MaxNewTokens = NewTokens, DecoderStart = [2, 5] };
        GoldenCase[] cases = [.. golden.Cases.Where(c => (c.Ids ?? c.Source ?? []).Length <= LongestPrompt)];
        List<GeneratedSequence> all = [];
        foreach (GoldenCase c in (GoldenCase[])[.. cases, cases[^1], cases[0]])
        {
            all.Add(c.Ids is null && c.Source is null
                ? session.Join(Samples(c), options) : session.Join(c.Ids ?? c.Source!, options));
            for (int turn = 0; turn < 5; turn++) session.Step();
        }
        all[^2].Cancel();
        while (session.Step()) { }
        Assert.All(all, sequence => Assert.Null(sequence.Error));
        Assert.All(all.Where((_, i) => i != all.Count - 2), sequence => Assert.Equal(NewTokens, sequence.Tokens.Count));
        Assert.Equal(all[0].Tokens, all[^1].Tokens);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{model.Compared} rows, {model.Different} differ in a bit, {model.OtherTokens} in the token, {model.Largest} at a time");
        Assert.True(model.Compared >= (all.Count - 1) * NewTokens && model.Largest >= 3);
        Assert.Equal((0, 0), (model.OtherTokens, model.Different));
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("mistral")]
    [InlineData("bart")]
    public void Beams_and_sequences_that_had_to_wait_become_the_same_bit_for_bit(string family)
    {
        Golden golden = Golden.Require(family);
        using TemporaryFolder folder = Family(family).Write(golden, tied: true);
        using IIncrementalModel model = AutoModel.LoadGenerator(folder.Path, Device.Cpu(2));
        (GeneratedSequence[] expected, long peak, int turns) = Run(1 << 26);
        (GeneratedSequence[] actual, long used, int more) = Run(peak * 2 / 3);
        Assert.InRange(used, 1, peak * 2 / 3);
        Assert.True(more > turns, $"{more} turns, {turns} with room for all: nobody waited");
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Null(actual[i].Error);
            Assert.Equal(expected[i].Tokens, actual[i].Tokens);
            Assert.Equal(expected[i].Beams.Select(h => h.Score), actual[i].Beams.Select(h => h.Score));
            Assert.Equal(expected[i].Beams.SelectMany(h => h.Tokens), actual[i].Beams.SelectMany(h => h.Tokens));
        }

        (GeneratedSequence[] Sequences, long Peak, int Turns) Run(long budget)
        {
            using var session = new GenerationSession(model, new() { Budget = budget, ChunkTokens = 40 });
            int[][] prompts = [.. golden.Cases.Select(c => c.Ids ?? c.Source!)];
            GeneratedSequence[] all = [.. prompts.Select((prompt, i) => session.Join(prompt, Options(i)))];
            (long peak, int turns) = (0, 0);
            for (; session.Step(); turns++) peak = Math.Max(peak, session.Used);
            Assert.Equal(0, session.Used);
            return (all, peak, turns);
        }

        static GenerationOptions Options(int number) => (number % 3) switch
        {
            0 => new() { MaxNewTokens = 40, DecoderStart = [2], Beams = 3, EarlyStopping = EarlyStopping.Never },
            1 => new() { MaxNewTokens = 50, DecoderStart = [2], Sample = true, Seed = (ulong)number },
            _ => new() { MaxNewTokens = 50, DecoderStart = [2], RepetitionPenalty = 1.2f },
        };
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("t5")]
    [InlineData("moonshine")]
    public void The_reference_chooses_the_same_tokens(string family)
    {
        Golden golden = Golden.Require(family);
        using TemporaryFolder folder = Family(family).Write(golden, tied: true);
        GeneratedSequence[] expected = Run(Device.Reference), actual = Run(Device.Cpu(2));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(6, expected[i].Tokens.Count);
            Assert.Equal(expected[i].Tokens.Select(token => token.Id), actual[i].Tokens.Select(token => token.Id));
            for (int t = 0; t < 6; t++) Assert.Equal(expected[i].Tokens[t].LogProbability, actual[i].Tokens[t].LogProbability, 1e-3);
        }

        GeneratedSequence[] Run(Device device)
        {
            using IIncrementalModel model = AutoModel.LoadGenerator(folder.Path, device);
            using var session = new GenerationSession(model, new() { Budget = 1 << 26, ChunkTokens = 10 });
            GenerationOptions options = new() { MaxNewTokens = 6, DecoderStart = [2] };
            GeneratedSequence[] all =
            [
                .. golden.Cases.Take(3).Select(c => c.Ids is null && c.Source is null
                    ? session.Join(Samples(c), options) : session.Join(c.Ids ?? c.Source!, options))
            ];
            while (session.Step()) { }
            return all;
        }
    }

    [Fact]
    public async Task A_session_of_a_folder_generates_as_its_configuration_says()
    {
        Golden golden = Golden.Require("gpt2");
        using TemporaryFolder folder = Family("gpt2").Write(golden, tied: true);
        folder.Write(
            "generation_config.json", """{"eos_token_id": [7, 511], "max_new_tokens": 12, "num_beams": 3, "length_penalty": 0.3}""");
        using var session = GenerationSession.Load(folder.Path, 1 << 24, Device.Cpu(1));
        Assert.Equal((12, 3, 0.3), (session.Defaults.MaxNewTokens, session.Defaults.Beams, session.Defaults.LengthPenalty));
        int[] prompt = golden.Cases[2].Ids!;
        GeneratedSequence search = session.Join(prompt);
        await foreach (GeneratedToken token in search) Assert.InRange(token.Id, 0, 511);
        using ITokenModel whole = AutoModel.LoadLanguageModel<ITokenModel>(folder.Path, Device.Cpu(1));
        foreach (BeamHypothesis found in search.Beams)
        {
            using RaggedBatch text = RaggedBatch.Pack([[.. prompt, .. found.Tokens.Select(token => token.Id)]]);
            RaggedMatrix logits = whole.Run(text);
            double sum = 0;
            for (int t = 0; t < found.Tokens.Count; t++)
            {
                Span<float> row = logits.Row(prompt.Length - 1 + t);
                Assert.Equal(row[found.Tokens[t].Id] - LogSums.Of(row), found.Tokens[t].LogProbability);
                sum += found.Tokens[t].LogProbability;
            }
            Assert.Equal(sum / Math.Pow(found.Tokens.Count, 0.3), found.Score, 1e-4);
        }
        Assert.Equal(3, search.Beams.Count);
        // n_positions is 160.
        Refuses.With<ArgumentException>("160 tokens leave no room for another one: the limit is 160", () => session.Join(new int[160]));
    }

    [Fact]
    public void A_generator_is_chosen_by_its_architecture()
    {
        Golden golden = Golden.Require("llama");
        Refuses.With<ConfigException>("'architectures' is 'LlamaModel'", () => AutoModel.LoadGenerator(golden.Folder, Device.Cpu(1)));
        using TemporaryFolder folder = Family("llama").Write(golden, tied: true);
        using IIncrementalModel model = AutoModel.LoadGenerator(folder.Path, Device.Cpu(1));
        Assert.IsType<LlamaGenerator>(model);
    }

    private static LanguageModel Family(string name) => LanguageModel.All.Single(family => family.Family == name);

    private static ComparedModel Load(string folder, Device device) => AutoModel.LoadGenerator(folder, device) switch
    {
        IGenerationModel model => new ComparedDecoder(model, AutoModel.LoadLanguageModel<ITokenModel>(folder, device)),
        IGenerationModel<RaggedBatch> model =>
            new ComparedTranslator(model, AutoModel.LoadLanguageModel<ISourceTargetModel>(folder, device)),
        var model => new ComparedListener(
            (MoonshineGenerator)model, AutoModel.LoadLanguageModel<MoonshineForConditionalGeneration>(folder, device)),
    };

    private static Matrix Samples(GoldenCase golden)
    {
        float[] values = golden.Tensor("input").Values;
        var samples = new Matrix(values.Length, 1);
        values.CopyTo(samples.Values);
        return samples;
    }
}
