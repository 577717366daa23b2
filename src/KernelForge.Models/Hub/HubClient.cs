using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace KernelForge.Models.Hub;

/// <summary>
/// The requests that a download needs. Redirections are followed here, so that the token goes to the endpoint and to no other host.
/// </summary>
/// <param name="endpoint">Where models are asked for.</param>
/// <param name="token">Sent to the endpoint alone; null for none.</param>
/// <param name="patience">How long to wait for an answer to begin, and for more of one.</param>
internal sealed class HubClient(Uri endpoint, string? token, TimeSpan patience)
{
    private const int MostRedirections = 10;

    private static readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 8,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // of a whole download; the patience is for its parts
    };

    /// <summary>Whether another try may help.</summary>
    public static bool IsTransient(Exception error) =>
        error is HttpRequestException or HttpIOException or TimeoutException or IOException { InnerException: SocketException };

    /// <summary>The commit that a revision names now, and the files it has.</summary>
    public async Task<(string Commit, IReadOnlySet<string> Files)> ListAsync(HubName name, CancellationToken cancellation)
    {
        Uri address = Address($"api/models/{name.Repository}/revision/{Uri.EscapeDataString(name.Revision)}");
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, 0, cancellation);
        RequireSuccess(response, name, null);
        byte[] body = await WithPatience(response.Content.ReadAsByteArrayAsync, address, cancellation);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            string commit = document.RootElement.GetProperty("sha").GetString()!;
            if (!HubName.IsHash(commit, 40)) throw new InvalidOperationException($"'{commit}' is no commit");
            return (commit, document.RootElement.GetProperty("siblings").EnumerateArray()
                .Select(file => file.GetProperty("rfilename").GetString()!).ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HubException($"what {address} answers lists no files: {e.Message}", e);
        }
    }

    /// <summary>The hash and the size of a file.</summary>
    public async Task<HubFile> DescribeAsync(HubName name, string commit, string file, CancellationToken cancellation)
    {
        Uri address = Resolve(name, commit, file);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, address, 0, cancellation);
        RequireSuccess(response, name, file);
        string? hash = Header(response, "X-Linked-ETag") ?? response.Headers.ETag?.Tag;
        long? size = long.TryParse(Header(response, "X-Linked-Size"), out long linked) ? linked : response.Content.Headers.ContentLength;
        hash = hash?.Trim('"');
        if (hash is null || size is null || !Checksum.IsKnown(hash))
        {
            throw new HubException(
                $"{address} tells no size and checksum of the file (ETag {hash ?? "missing"}): this is no hub, or a proxy hides them");
        }
        return new HubFile(file, hash, size.Value);
    }

    /// <summary>Begins to receive a file from a byte on. The answer may also begin at 0: its range tells.</summary>
    public Task<HttpResponseMessage> OpenAsync(HubName name, string commit, string file, long from, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, Resolve(name, commit, file), from, cancellation);

    /// <summary>Does a part of a transfer, which takes no longer than the patience.</summary>
    public async Task<T> WithPatience<T>(Func<CancellationToken, Task<T>> work, Uri address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"{address.Host} has sent nothing for {patience.TotalSeconds:0.#} seconds", e);
        }
    }

    /// <exception cref="HubException">The hub refuses; the message says what to do.</exception>
    /// <exception cref="HttpRequestException">It cannot serve just now.</exception>
    public void RequireSuccess(HttpResponseMessage response, HubName name, string? file)
    {
        HttpStatusCode status = response.StatusCode;
        if ((int)status is >= 200 and < 400) return;
        string what = file is null ? $"the model '{name}'" : $"'{file}' of the model '{name}'";
        string said = Header(response, "X-Error-Message") is { } message ? $" It says: {message}" : "";
        string key = token is null ? "HF_TOKEN is not set" : "HF_TOKEN does not open it";
        throw status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new HubException(
                $"{endpoint} does not give {what} ({(int)status}): there is none of that name, or it is not open to all, and {key}. "
                + $"Look at the name; for a private or gated model ask for access there and set HF_TOKEN to a token that reads it.{said}"),
            HttpStatusCode.NotFound => new HubException(
                $"{endpoint} has no such thing as {what} (404): look at the name and the revision.{said}"),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError =>
                new HttpRequestException($"{endpoint} answers {(int)status} {response.ReasonPhrase}.{said}", null, status),
            _ => new HubException($"{endpoint} answers {(int)status} {response.ReasonPhrase} to the request for {what}.{said}"),
        };
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, long from, CancellationToken cancellation)
    {
        Uri current = address;
        for (int i = 0; i < MostRedirections; i++)
        {
            using var request = new HttpRequestMessage(method, current);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("KernelForge", null));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // sizes and ranges are those of the file
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            if (token is not null && IsOfEndpoint(current)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            HttpResponseMessage response = await WithPatience(
                limit => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit), current, cancellation);
            bool isElsewhere = (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;
            if (!isElsewhere || response.Headers.Location is not { } location) return response;

            var next = new Uri(current, location);
            // Where a large file lies elsewhere, the answer that says where tells its hash and size too.
            if (method == HttpMethod.Head && !IsOfEndpoint(next)) return response;
            response.Dispose();
            if (next.Scheme != current.Scheme && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new HubException(
                    $"{current.Host} sends on from {current.Scheme} to {next.Scheme}://{next.Host}, which is not followed");
            }
            current = next;
        }
        throw new HubException($"{address} is sent on more than {MostRedirections} times");
    }

    private bool IsOfEndpoint(Uri address) =>
        Uri.Compare(address, endpoint, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private Uri Resolve(HubName name, string commit, string file) =>
        Address($"{name.Repository}/resolve/{commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    private Uri Address(string path) => new($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
