using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KernelForge.Models.Tests.Hub;

/// <summary>
/// A hub with one model, <c>owner/model</c>: it lists its files, answers HEAD with their hashes, gives small ones itself and sends on to a
/// second server for weights, as the real one does.
/// </summary>
internal sealed class FakeHub : IDisposable
{
    public const string Name = "owner/model", Commit = "0123456789abcdef0123456789abcdef01234567";

    public FakeHub()
    {
        Storage = new HttpServer(request => Intercept(request) ?? Give(request, Files[request.Path.Split('/')[^1]]));
        Front = new HttpServer(request => Intercept(request) ?? Answer(request));
    }

    /// <summary>The files by their paths.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public HttpServer Front { get; }

    /// <summary>Where weights are: another host.</summary>
    public HttpServer Storage { get; }

    /// <summary>Answers instead of the hub, for what goes wrong.</summary>
    public Func<HttpRequest, HttpAnswer?> Intercept { get; set; } = _ => null;

    /// <summary>Requests for the content of files.</summary>
    public IEnumerable<HttpRequest> Downloads =>
        Front.Requests.Where(r => r.Method == "GET" && r.Path.Contains("/resolve/")).Concat(Storage.Requests);

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    [SuppressMessage("Security", "CA5350", Justification = "git's name of a blob.")]
    public static string GitHash(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    /// <summary>The answer to a request for content, from the byte on that it asks for.</summary>
    public static HttpAnswer Give(HttpRequest request, byte[] content) => request.From == 0
        ? new HttpAnswer(200, content)
        : new HttpAnswer(206, content[request.From..], ("Content-Range", $"bytes {request.From}-{content.Length - 1}/{content.Length}"));

    public void Dispose()
    {
        Front.Dispose();
        Storage.Dispose();
    }

    private HttpAnswer Answer(HttpRequest request)
    {
        if (request.Path.StartsWith($"/api/models/{Name}/revision/", StringComparison.Ordinal))
        {
            string files = string.Join(',', Files.Keys.Select(file => $$"""{"rfilename":{{JsonSerializer.Serialize(file)}}}"""));
            return new HttpAnswer(200, Encoding.UTF8.GetBytes($$"""{"sha":"{{Commit}}","siblings":[{{files}}]}"""));
        }
        string prefix = $"/{Name}/resolve/{Commit}/";
        string file = request.Path.StartsWith(prefix, StringComparison.Ordinal) ? request.Path[prefix.Length..] : "";
        if (!Files.TryGetValue(file, out byte[]? content)) return new HttpAnswer(404, [], ("X-Error-Message", "Entry not found"));
        if (!file.EndsWith(".safetensors", StringComparison.Ordinal))
            return Give(request, content) with { Headers = [.. Give(request, content).Headers, ("ETag", $"\"{GitHash(content)}\"")] };
        return new HttpAnswer(302, [], ("Location", new Uri(Storage.Address, $"/storage/{file}").ToString()),
            ("X-Linked-ETag", $"\"{Sha256(content)}\""), ("X-Linked-Size", $"{content.Length}"));
    }
}
