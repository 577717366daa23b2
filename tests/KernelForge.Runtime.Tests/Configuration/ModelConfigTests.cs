using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Runtime.Tests.Configuration;

public sealed class ModelConfigTests
{
    private enum LayerKind { FullAttention, SlidingAttention }

    [Fact]
    public void Values_bind_by_key_alternative_nested_key_and_default()
    {
        ModelConfig config = ModelConfig.Parse("""
            {"dim":128,"eps":1e-12,"theta":10000,"tied":false,"act":"gelu","none":null,
             "rope":{"factor":8.5,"inner":{"n":3}},"flat.key":5}
            """);
        Assert.Equal(128, config.Int32("hidden_size", "dim"));
        Assert.Equal(128, config.Int32(["none", "dim"], 7));
        Assert.Equal(1e-12f, config.Single("eps"));
        Assert.Equal(10000.0, config.Double("theta"));
        Assert.False(config.Boolean("tied"));
        Assert.Equal("gelu", config.String("act"));
        Assert.Equal(8.5, config.Double("rope.factor"));
        Assert.Equal(3, config.Int32("rope.inner.n"));
        Assert.Equal(5, config.Int32("flat.key"));
        Assert.Equal(7, config.Int32(["none"], 7));
        Assert.Equal(7, config.Int32(["rope.absent"], 7));
        Assert.Null(config.Int32OrNull("none"));
        Assert.Null(config.StringOrNull("none.deeper"));
        Assert.Equal("x", config.String(["absent"], "x"));
        Assert.True(config.Has("absent", "tied"));
        Assert.False(config.Has("absent", "none"));
    }

    [Fact]
    public void A_list_is_covered_by_one_of_its_entries()
    {
        ModelConfig config = ModelConfig.Parse("""{"architectures":["Other","Wanted"],"none":[]}""");
        config.Require("architectures", "Wanted", "Also");
        Refuses.With<ConfigException>("'architectures' is", () => config.Require("architectures", "Absent"));
        Refuses.With<ConfigException>("'none' is", () => config.Require("none", "Wanted"));
    }

    [Fact]
    public void The_entries_of_an_object_or_an_array_are_counted()
    {
        ModelConfig config = ModelConfig.Parse("""{"labels":{"0":"a","1":"b"},"sizes":[1,2,3],"own":{"count":7},"none":null,"count":9}""");
        Assert.Equal(2, config.Int32("labels.count"));
        Assert.Equal(3, config.Int32("sizes.count"));
        Assert.Equal(7, config.Int32("own.count"));
        Assert.Equal(9, config.Int32("count"));
        Assert.Equal(4, config.Int32(["none.count"], 4));
        Refuses.With<ConfigException>("'labels' is", () => ModelConfig.Parse("""{"labels":5}""").Int32("labels.count"));
    }

    [Fact]
    public void Arrays_enumerations_and_pythons_own_numbers_are_read()
    {
        ModelConfig config = ModelConfig.Parse("""
            {"sizes":[1,2],"scales":[0.5,Infinity],"eps":NaN,"limit":-Infinity,"flags":[true,false],"types":["a","b"],
             "kind":"full_attention","text":"an \" Infinity \\"}
            """);
        Assert.Equal([1, 2], config.Int32Array("sizes"));
        Assert.Equal([0.5f, float.PositiveInfinity], config.SingleArray("scales"));
        Assert.Equal([1.0, 2.0], config.DoubleArray("sizes"));
        Assert.Equal([true, false], config.BooleanArray("flags"));
        Assert.Equal(["a", "b"], config.StringArray("types"));
        Assert.Null(config.StringArrayOrNull("absent"));
        Assert.Equal(LayerKind.FullAttention, config.Enumeration<LayerKind>("kind"));
        Assert.Equal(LayerKind.SlidingAttention, config.Enumeration(["absent"], LayerKind.SlidingAttention));
        Assert.True(double.IsNaN(config.Double("eps")));
        Assert.Equal(float.NegativeInfinity, config.Single("limit"));
        Assert.Equal("an \" Infinity \\", config.String("text"));
    }

    [Theory]
    [InlineData("""{"hidden_size":"abc"}""", """config.json: 'hidden_size' is "abc", expected an integer""")]
    [InlineData("""{"hidden_size":1.5}""", "config.json: 'hidden_size' is 1.5, expected an integer")]
    [InlineData("""{"hidden_size":2147483648}""", "config.json: 'hidden_size' is 2147483648, expected an integer")]
    [InlineData("""{"hidden_size":true}""", "config.json: 'hidden_size' is true, expected an integer")]
    [InlineData("""{"hidden_size":[1]}""", "config.json: 'hidden_size' is [1], expected an integer")]
    [InlineData("""{"hidden_size":Infinity}""", "config.json: 'hidden_size' is \"Infinity\", expected an integer")]
    [InlineData("""{"hidden_size":null}""", "config.json: 'hidden_size' is missing, and this description has no default for it")]
    [InlineData("{}", "config.json: 'hidden_size' is missing, and this description has no default for it")]
    public void A_value_of_another_kind_is_refused_by_name(string json, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(() => ModelConfig.Parse(json).Int32("hidden_size")).Message);

    [Fact]
    public void An_integer_alone_counts_as_a_list_of_one()
    {
        ModelConfig config = ModelConfig.Parse("""{"n":1,"a":[1,2]}""");
        Assert.Equal([1], config.Int32ListOrNull("n")!);
        Assert.Equal([1, 2], config.Int32ListOrNull("a")!);
        Assert.Null(config.Int32ListOrNull("absent"));
    }

    [Fact]
    public void Every_reader_refuses_what_it_does_not_read()
    {
        ModelConfig config = ModelConfig.Parse("""{"s":"x","n":1,"big":1e300,"huge":1e999,"a":[1,"x"],"half":"\ud800","o":{"p":"q"}}""");
        Refused("'s' is \"x\", expected a number", () => config.Single("s"));
        Refused("'big' is 1e300, expected a number", () => config.Single("big"));
        Refused("'huge' is 1e999, expected a number", () => config.Double("huge"));
        Refused("'n' is 1, expected true or false", () => config.Boolean("n"));
        Refused("'n' is 1, expected a string", () => config.String("n"));
        Refused("'half' is \"\\ud800\", expected a string", () => config.String("half"));
        Refused("'n' is 1, expected an array of integers", () => config.Int32Array("n"));
        Refused("expected integers", () => config.Int32ListOrNull("a"));
        Refused("'a[1]' is \"x\", expected integers", () => config.Int32Array("a"));
        Refused("'s' is \"x\", expected one of \"FullAttention\", \"SlidingAttention\"", () => config.Enumeration<LayerKind>("s"));
        Refused("'o.p' is \"q\", expected an object that may hold 'r'", () => config.Int32OrNull("o.p.r"));
        Refused("none of 'x', 'y' is there", () => config.Int32("x", "y"));

        static void Refused(string fault, Func<object?> read) =>
            Assert.Contains(fault, Assert.Throws<ConfigException>(read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_requirement_refuses_by_name_and_passes_where_the_key_is_absent_or_null()
    {
        ModelConfig config = ModelConfig.Parse(
            """{"position_embedding_type":"relative_key","n":2,"flag":true,"none":null,"deep":{"x":"y"},"eps":1e-05}""");
        ConfigException e = Assert.Throws<ConfigException>(() => config.Require("position_embedding_type", "absolute"));
        Assert.Equal("config.json: 'position_embedding_type' is \"relative_key\"; this description covers only \"absolute\"", e.Message);
        Assert.Equal("position_embedding_type", e.Key);
        config.Require("position_embedding_type", "absolute", "relative_key");
        config.Require("absent", "absolute");
        config.Require("none", 1);
        config.Require("n", 1, 2);
        config.Require("n", 2.0);
        config.Require("eps", 1e-5f);
        config.Require("eps", 1e-5);
        config.Require("flag", true);
        config.Require("deep.x", "y");
        Assert.True(config.Says("deep.x", "x", "y"));
        Assert.False(config.Says("deep.x", "x"));
        Assert.False(config.Says("absent", "x"));
        Refuses.With<ConfigException>("covers only 1, 3", () => config.Require("n", 1, 3));
        Refuses.With<ConfigException>("'flag' is true; this description covers only false", () => config.Require("flag", false));
        Refuses.With<ConfigException>("covers only null", () => config.Require("deep", [null]));
        Refuses.With<ConfigException>("absent or null", () => config.Require("deep"));
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[]", "holds [], expected an object")]
    [InlineData("""{"a":1,"a":2}""", "not valid JSON")]
    public void Text_that_is_no_configuration_is_refused(string json, string fault)
    {
        ConfigException e = Assert.Throws<ConfigException>(() => ModelConfig.Parse(json, "my.json"));
        Assert.StartsWith("my.json: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(fault, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_valid_UTF16_is_refused() =>
        Assert.Throws<ConfigException>(() => ModelConfig.Parse("{\"a\":\"" + '\ud800' + "\"}"));

    [Fact]
    public void Nesting_without_end_is_refused() =>
        Assert.Throws<ConfigException>(() => ModelConfig.Parse("{\"a\":" + new string('[', 1_000_000)));

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "config.json");
        Assert.Equal($"{path}: there is no such file", Assert.Throws<ConfigException>(() => ModelConfig.OpenFile(path)).Message);
    }

    [Fact]
    public void A_real_configuration_reads()
    {
        ModelConfig config = ModelConfig.OpenFile(Data.Require("golden/bert/config.json"));
        Assert.Equal(128, config.Int32("hidden_size"));
        Assert.Equal(1e-12f, config.Single("layer_norm_eps"));
        Assert.Null(config.SingleOrNull("classifier_dropout"));
        config.Require("position_embedding_type", "absolute");
        Assert.Equal(["BertModel"], config.StringArray("architectures"));
    }
}
