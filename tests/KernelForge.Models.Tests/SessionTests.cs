using KernelForge.Runtime;
using KernelForge.Runtime.Execution;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests;

/// <summary>What a model says of its device, and what tools can ask of it.</summary>
public sealed class SessionTests
{
    [Fact]
    public void A_loaded_model_tells_the_device_that_was_asked_for()
    {
        using var model = BertModel.Load(Golden.Require("bert").Folder, Device.Cpu(threads: 1, vectorBits: 128));
        Assert.Equal(Device.Cpu(threads: 1, vectorBits: 128), model.Device);
        Assert.Equal("cpu (1 threads, 128-bit vectors), as it was asked for", ((ICompiledLayer)model).Session!.Choice);
    }

    [Fact]
    public void A_model_loaded_for_auto_tells_the_device_that_was_chosen()
    {
        using var model = BertModel.Load(Golden.Require("bert").Folder);
        Assert.IsNotType<AutoDevice>(model.Device);
        Assert.Contains("chosen by Device.Auto", ((ICompiledLayer)model).Session!.Choice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_weights_has_no_device_yet()
    {
        ICompiledLayer model = Configured<BertModel>(Golden.Require("bert"));
        Assert.Null(model.Session);
        Refuses.With<InvalidOperationException>("BertModel has no weights yet: make it by Load", () => ((BertModel)model).Device);
    }

    [Fact]
    public void A_model_is_configured_without_weights_and_planned_only_on_a_device_that_plans_and_has_code()
    {
        ICompiledLayer model = Configured<RobertaModel>(Golden.Require("roberta"));
        Refuses.With<NotSupportedException>("needs its weights", () => model.Plan(Device.Cpu()));
        Refuses.With<NotSupportedException>("no code for the device 'only paper'", () => model.Plan(new Paper()));
        Assert.Null(model.Session);
    }

    [Fact]
    public void What_must_hold_of_the_hyper_parameters_is_checked_before_anything_is_planned()
    {
        string config = File.ReadAllText(Path.Combine(Golden.Require("bert").Folder, "config.json"))
            .Replace("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", StringComparison.Ordinal);
        ICompiledLayer model = Configured<BertModel>(ModelConfig.Parse(config));
        Refuses.With<ArgumentException>("hidden must be divisible by heads", () => model.Plan(new Paper()));
    }

    [Fact]
    public void A_configuration_that_the_description_does_not_cover_is_refused_without_weights() =>
        Refuses.With<ConfigException>("model_type", () => Configured<BertModel>(Golden.Require("roberta")));

    private static ICompiledLayer Configured<T>(Golden golden)
        where T : ICompiledModel => Configured<T>(ModelConfig.OpenFile(Path.Combine(golden.Folder, "config.json")));

    private static ICompiledLayer Configured<T>(ModelConfig config)
        where T : ICompiledModel => T.Configure(config);

    private sealed record Paper : Device
    {
        public override bool OnlyPlans => true;

        public override string ToString() => "only paper";
    }
}
