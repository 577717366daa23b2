using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Sources;

public sealed class ModelSourceTests
{
    private static readonly byte[] Weights = new SafetensorsBytes().Add("x", [1], [2]).ToArray();

    [Fact]
    public void A_folder_gives_its_configuration_and_its_weights()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", """{"n":3}""");
        folder.Write("model.safetensors", Weights);
        using ModelSource source = ModelSource.Open(folder.Path);
        Assert.Equal(3, source.Config.Int32("n"));
        Assert.Equal([2f], source.Weights["x"].ToSingles());
    }

    [Fact]
    public void A_missing_file_is_named_with_the_folder_it_is_missing_in()
    {
        using var folder = new TemporaryFolder();
        string absent = Path.Combine(folder.Path, "absent");
        Refuses.With<ConfigException>($"{absent}: there is no such folder", () => ModelSource.Open(absent));
        Refuses.With<ConfigException>($"{folder.Path}: the folder holds no 'config.json'", () => ModelSource.Open(folder.Path));
        folder.Write("config.json", "{}");
        Refuses.With<WeightException>($"{folder.Path}: holds neither 'model.safetensors'", () => ModelSource.Open(folder.Path));
    }

    [Fact]
    public void A_model_in_memory_needs_no_folder_and_its_errors_use_its_name()
    {
        using ModelSource source = ModelSource.FromMemory("""{"n":"x"}""", Weights, "tiny");
        Assert.Equal([2f], source.Weights["x"].ToSingles());
        Refuses.With<ConfigException>("tiny: config.json: 'n' is \"x\", expected an integer", () => source.Config.Int32("n"));
        Refuses.With<WeightException>("tiny: weights: is 0 bytes", () => ModelSource.FromMemory("{}", default, "tiny"));
    }

    public static TheoryData<string> Models()
    {
        IReadOnlyList<string> files = Data.Enumerate("golden", "config.json");
        return files.Count == 0 ? ["golden/bert/config.json"] : [.. files];
    }

    [Theory, MemberData(nameof(Models), DisableDiscoveryEnumeration = true)]
    public void Every_golden_model_opens(string config)
    {
        using ModelSource source = ModelSource.Open(Path.GetDirectoryName(Data.Require(config))!);
        Assert.NotEmpty(source.Weights.Tensors);
        if (source.Config.Has("hidden_act")) Assert.NotNull(source.Config.Activation("hidden_act"));
    }
}
