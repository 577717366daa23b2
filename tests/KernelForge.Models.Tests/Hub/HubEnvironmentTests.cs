using KernelForge.Models.Hub;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Hub;

public sealed class HubEnvironmentTests
{
    private static readonly string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Fact]
    public void The_cache_is_where_Pythons_library_has_it()
    {
        Assert.Equal(Path.Combine(home, ".cache", "huggingface", "hub"), HubEnvironment.CacheFolder(Of()));
        Assert.Equal(Path.GetFullPath("/c/huggingface/hub"), HubEnvironment.CacheFolder(Of(("XDG_CACHE_HOME", "/c"))));
        Assert.Equal(Path.GetFullPath("/h/hub"), HubEnvironment.CacheFolder(Of(("XDG_CACHE_HOME", "/c"), ("HF_HOME", "/h"))));
        Assert.Equal(Path.GetFullPath("/x"), HubEnvironment.CacheFolder(Of(("HF_HOME", "/h"), ("HF_HUB_CACHE", "/x"))));
        Assert.Equal(Path.Combine(home, "models"), HubEnvironment.CacheFolder(Of(("HF_HUB_CACHE", "~/models"))));
    }

    [Fact]
    public void The_endpoint_the_token_and_being_offline_are_variables()
    {
        Assert.Equal(new Uri("https://huggingface.co"), HubEnvironment.Endpoint(Of()));
        Assert.Equal(new Uri("https://mirror.example/hf"), HubEnvironment.Endpoint(Of(("HF_ENDPOINT", "https://mirror.example/hf"))));
        Refuses.With<HubException>("HF_ENDPOINT is 'nowhere'", () => HubEnvironment.Endpoint(Of(("HF_ENDPOINT", "nowhere"))));
        Assert.Equal("hf_a", HubEnvironment.Token(Of(("HF_TOKEN", "hf_a\n"))));
        Assert.Null(HubEnvironment.Token(Of()));
        Assert.True(HubEnvironment.Offline(Of(("HF_HUB_OFFLINE", "yes"))));
        Assert.False(HubEnvironment.Offline(Of(("HF_HUB_OFFLINE", "0"))));
    }

    private static Func<string, string?> Of(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(v => v.Name == name).Value;
}
