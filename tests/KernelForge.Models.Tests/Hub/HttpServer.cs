using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelForge.Models.Tests.Hub;

/// <summary>What a client asked for.</summary>
internal sealed record HttpRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public string? Header(string name) => Headers.TryGetValue(name, out string? value) ? value : null;

    /// <summary>Where the client wants to go on; 0 for all of it.</summary>
    public int From => Header("Range") is { } range ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;
}

/// <summary>
/// What it gets. A body is cut after <see cref="CutAfter"/> bytes: the connection closes there; with <see cref="Stalls"/> it stays open.
/// </summary>
internal sealed record HttpAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public int CutAfter { get; init; } = int.MaxValue;

    public bool Stalls { get; init; }
}

/// <summary>A small HTTP server on this machine's loopback address, one answer a connection.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<HttpRequest, HttpAnswer> answer;

    public HttpServer(Func<HttpRequest, HttpAnswer> answer)
    {
        this.answer = answer;
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Everything asked for, in order.</summary>
    public ConcurrentQueue<HttpRequest> Requests { get; } = new();

    public void Dispose()
    {
        if (stop.IsCancellationRequested) return; // a test may end it early
        stop.Cancel();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                if (await ReadAsync(stream) is not { } request) return;
                Requests.Enqueue(request);
                HttpAnswer given = answer(request);
                var head = new StringBuilder($"HTTP/1.1 {given.Status} Reason\r\nConnection: close\r\nContent-Length: {given.Body.Length}");
                head.Append("\r\n");
                foreach ((string name, string value) in given.Headers) head.Append($"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "\r\n"), stop.Token);
                if (request.Method != "HEAD")
                    await stream.WriteAsync(given.Body.AsMemory(0, Math.Min(given.Body.Length, given.CutAfter)), stop.Token);
                if (given.Stalls) await Task.Delay(Timeout.Infinite, stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task<HttpRequest?> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync(stop.Token) is not { } line) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
        {
            string[] halves = header.Split(':', 2);
            headers[halves[0]] = halves[1].Trim();
        }
        string[] parts = line.Split(' ');
        return new HttpRequest(parts[0], parts[1], headers);
    }
}
