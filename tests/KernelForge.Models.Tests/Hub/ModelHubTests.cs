using System.Text;
using KernelForge.Models.Hub;
using KernelForge.Runtime;
using KernelForge.TestData;
using KernelForge.Tests;

namespace KernelForge.Models.Tests.Hub;

/// <summary>Models by name, from a hub on this machine.</summary>
public sealed class ModelHubTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly FakeHub server = new();
    private readonly byte[] weights = new byte[3_000_000];

    public ModelHubTests()
    {
        new Random(1).NextBytes(weights);
        server.Files["config.json"] = Encoding.UTF8.GetBytes("""{"model_type": "bert"}""");
        server.Files["model.safetensors"] = weights;
        server.Files["vocab.txt"] = Encoding.UTF8.GetBytes("[PAD]\n[UNK]\n");
        server.Files["pytorch_model.bin"] = server.Files["README.md"] = [1, 2, 3];
    }

    private string Repository => Path.Combine(temporary.Path, "models--owner--model");

    public void Dispose()
    {
        server.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void A_model_is_downloaded_into_the_usual_layout_and_nothing_that_is_not_read()
    {
        string folder = Hub().Locate(FakeHub.Name);
        Assert.Equal(Path.Combine(Repository, "snapshots", FakeHub.Commit), folder);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "main")));
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        string[] blobs = [.. Directory.GetFiles(Path.Combine(Repository, "blobs")).Select(path => Path.GetFileName(path))];
        byte[] config = server.Files["config.json"], vocabulary = server.Files["vocab.txt"];
        string[] hashes = [FakeHub.Sha256(weights), FakeHub.GitHash(config), FakeHub.GitHash(vocabulary)];
        Assert.Equal(hashes.Order(), blobs.Order());
        if (!OperatingSystem.IsWindows())
            Assert.Equal($"../../blobs/{hashes[0]}", new FileInfo(Path.Combine(folder, "model.safetensors")).LinkTarget);
    }

    [Fact]
    public void What_was_downloaded_is_not_downloaded_again()
    {
        string first = Hub().Locate(FakeHub.Name);
        int asked = server.Downloads.Count();
        Assert.Equal(first, Hub().Locate(FakeHub.Name));
        Assert.Equal(first, Hub().Locate($"{FakeHub.Name}@main"));
        Assert.Equal(asked, server.Downloads.Count());
        int all = server.Front.Requests.Count;
        Assert.Equal(first, Hub().Locate($"{FakeHub.Name}@{FakeHub.Commit}")); // a commit never changes: not even that is asked
        Assert.Equal(all, server.Front.Requests.Count);
    }

    [Fact]
    public void Shards_are_those_of_the_index_and_modules_have_their_folders()
    {
        server.Files.Remove("model.safetensors");
        const string Index = """{"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}}""";
        server.Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(Index);
        server.Files["one.safetensors"] = [1];
        server.Files["two.safetensors"] = [2];
        server.Files["three.safetensors"] = [3];
        server.Files["modules.json"] = Encoding.UTF8.GetBytes("""[{"path":""},{"path":"1_Pooling"},{"path":"2_Normalize"}]""");
        server.Files["1_Pooling/config.json"] = Encoding.UTF8.GetBytes("{}");
        server.Files["onnx/config.json"] = Encoding.UTF8.GetBytes("{}");
        string folder = Hub().Locate(FakeHub.Name);
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(
            [
                "1_Pooling/config.json", "config.json", "model.safetensors.index.json", "modules.json", "one.safetensors",
                "two.safetensors", "vocab.txt",
            ],
            files.Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_cut_connection_goes_on_where_it_ended()
    {
        server.Intercept = request => request is { Method: "GET", Path: "/storage/model.safetensors", From: < 2_000_000 }
            ? FakeHub.Give(request, weights) with { CutAfter = 1_000_000 } : null;
        string folder = Hub().Locate(FakeHub.Name);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        int[] froms = [.. server.Storage.Requests.Where(r => r.Method == "GET").Select(r => r.From)];
        Assert.Equal(3, froms.Length);
        Assert.Equal(froms.Order(), froms);
        Assert.True(froms[1] > 0);
    }

    [Fact]
    public void What_an_interrupted_run_received_is_not_received_again()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", FakeHub.Sha256(weights) + ".incomplete"), weights[..2_500_000]);
        string folder = Hub().Locate(FakeHub.Name);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal("bytes=2500000-", Assert.Single(server.Storage.Requests).Header("Range"));
    }

    [Fact]
    public void A_damaged_beginning_is_thrown_away_and_the_file_received_anew()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", FakeHub.Sha256(weights) + ".incomplete"), new byte[1000]);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Hub().Locate(FakeHub.Name), "model.safetensors")));
        Assert.Equal([1000, 0], server.Storage.Requests.Select(r => r.From));
    }

    [Fact]
    public void A_server_that_knows_no_ranges_sends_the_whole_file_again()
    {
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", FakeHub.Sha256(weights) + ".incomplete"), weights[..1000]);
        server.Intercept = request => request.Path == "/storage/model.safetensors" ? new HttpAnswer(200, weights) : null;
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(Hub().Locate(FakeHub.Name), "model.safetensors")));
    }

    [Theory]
    [InlineData("/storage/model.safetensors", "model.safetensors")]
    [InlineData("/resolve/", "config.json")]
    public void Content_of_another_checksum_is_refused_and_not_kept(string path, string file)
    {
        server.Intercept = request => request.Method == "GET" && request.Path.Contains(path, StringComparison.Ordinal)
            && request.Path.EndsWith(file, StringComparison.Ordinal) ? FakeHub.Give(request, new byte[server.Files[file].Length]) : null;
        HubException error = Assert.Throws<HubException>(() => Hub().Locate(FakeHub.Name));
        Assert.Contains($"'{file}' of 'owner/model' arrived with the checksum", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(Repository, "blobs"), "*.incomplete"));
        Assert.False(File.Exists(Path.Combine(Repository, "snapshots", FakeHub.Commit, file)));
        server.Intercept = _ => null;
        Hub().Locate(FakeHub.Name);
    }

    [Theory]
    [InlineData(401, null, "HF_TOKEN is not set")]
    [InlineData(401, "hf_wrong", "HF_TOKEN does not open it")]
    [InlineData(403, null, "It says: Access to this model is restricted")]
    [InlineData(404, null, "has no such thing as the model 'owner/model'")]
    public void A_refusal_says_what_to_do(int status, string? token, string expected)
    {
        server.Intercept = _ => new HttpAnswer(status, [], ("X-Error-Message", "Access to this model is restricted"));
        var hub = new ModelHub { Endpoint = server.Front.Address, CacheFolder = temporary.Path, Offline = false, Token = token };
        Refuses.With<HubException>(expected, () => hub.Locate(FakeHub.Name));
    }

    [Fact]
    public void The_token_goes_to_the_endpoint_and_to_no_other_host()
    {
        var hub = new ModelHub { Endpoint = server.Front.Address, CacheFolder = temporary.Path, Offline = false, Token = "hf_secret" };
        hub.Locate(FakeHub.Name);
        Assert.All(server.Front.Requests, request => Assert.Equal("Bearer hf_secret", request.Header("Authorization")));
        Assert.NotEmpty(server.Storage.Requests);
        Assert.All(server.Storage.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public void A_busy_hub_is_asked_again()
    {
        int refused = 0;
        server.Intercept = request => request.Path.Contains("/resolve/", StringComparison.Ordinal) && Interlocked.Increment(ref refused) < 4
            ? new HttpAnswer(503, []) : null;
        Hub().Locate(FakeHub.Name);
        Assert.True(refused > 4);
    }

    [Fact]
    public void A_hub_that_falls_silent_is_given_up_and_what_came_is_kept()
    {
        server.Intercept = request => request.Path == "/storage/model.safetensors"
            ? FakeHub.Give(request, weights) with { CutAfter = request.From == 0 ? 1000 : 0, Stalls = true } : null;
        HubException error = Assert.Throws<HubException>(() => Hub(patience: 0.2).Locate(FakeHub.Name));
        Assert.Contains("'model.safetensors' of 'owner/model' stopped at 1000 of 3000000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(1000, new FileInfo(Assert.Single(Directory.GetFiles(Path.Combine(Repository, "blobs"), "*.incomplete"))).Length);
    }

    [Fact]
    public void Weights_of_another_kind_alone_are_refused_by_name()
    {
        server.Files.Remove("model.safetensors");
        Refuses.With<HubException>("its weights (pytorch_model.bin) are of kinds that are not read", () => Hub().Locate(FakeHub.Name));
        server.Files.Remove("config.json");
        Refuses.With<HubException>("'owner/model' has no config.json", () => Hub().Locate(FakeHub.Name));
    }

    [Theory]
    [InlineData("model.safetensors.index.json", """{"weight_map":{"a":"../../secret"}}""", "../../secret")]
    [InlineData("modules.json", """[{"path":"../elsewhere"}]""", "../elsewhere")]
    [InlineData("modules.json", """{"path":3}""", "is damaged")]
    public void A_file_that_leads_out_of_the_repository_is_refused(string file, string content, string named)
    {
        server.Files.Remove("model.safetensors");
        server.Files[file] = Encoding.UTF8.GetBytes(content);
        Refuses.With<HubException>(named, () => Hub().Locate(FakeHub.Name));
    }

    [Fact]
    public async Task Cancelling_keeps_what_came()
    {
        using var cancellation = new CancellationTokenSource();
        var hub = new ModelHub
        {
            Endpoint = server.Front.Address,
            CacheFolder = temporary.Path,
            Offline = false,
            Progress = new Collect(p =>
            {
                if (p.File == "model.safetensors" && p.FileBytes > 0) cancellation.Cancel();
            }),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hub.LocateAsync(FakeHub.Name, cancellation.Token));
        Assert.NotEqual(0, new FileInfo(Assert.Single(Directory.GetFiles(Path.Combine(Repository, "blobs"), "*.incomplete"))).Length);
        Hub().Locate(FakeHub.Name);
        Assert.True(server.Storage.Requests.Last().From > 0);
    }

    [Fact]
    public void Progress_ends_with_all_bytes()
    {
        var reports = new List<DownloadProgress>();
        var progress = new Collect(reports.Add);
        var hub = new ModelHub { Endpoint = server.Front.Address, CacheFolder = temporary.Path, Offline = false, Progress = progress };
        hub.Locate(FakeHub.Name);
        long total = server.Files["config.json"].Length + server.Files["vocab.txt"].Length + weights.Length;
        Assert.Equal(new DownloadProgress("model.safetensors", weights.Length, weights.Length, total, total), reports[^1]);
        Assert.Equal(reports.Select(r => r.Bytes).Order(), reports.Select(r => r.Bytes));
    }

    [Fact]
    public async Task Several_at_once_receive_each_file_once()
    {
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Hub().LocateAsync(FakeHub.Name)));
        Assert.Single(folders.Distinct());
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folders[0], "model.safetensors")));
        Assert.Single(server.Storage.Requests);
        Assert.Equal(3, server.Downloads.Count(r => !r.Path.StartsWith("/storage", StringComparison.Ordinal)));
    }

    [Fact]
    public void Where_the_system_makes_no_links_files_are_copies()
    {
        var hub = new ModelHub { Endpoint = server.Front.Address, CacheFolder = temporary.Path, Offline = false, MakesLinks = false };
        string folder = hub.Locate(FakeHub.Name);
        Assert.Null(new FileInfo(Path.Combine(folder, "model.safetensors")).LinkTarget);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal(3, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void Offline_the_cache_serves_and_nothing_is_asked()
    {
        string folder = Hub().Locate(FakeHub.Name);
        int asked = server.Front.Requests.Count;
        var offline = new ModelHub { CacheFolder = temporary.Path, Endpoint = server.Front.Address, Offline = true };
        Assert.Equal(folder, offline.Locate(FakeHub.Name));
        Assert.Equal(asked, server.Front.Requests.Count);
        server.Dispose();
        Assert.Equal(folder, Hub().Locate(FakeHub.Name)); // nobody answers any more
    }

    [Fact]
    public void Offline_without_a_copy_says_what_was_looked_for_where_and_what_to_do()
    {
        var offline = new ModelHub { CacheFolder = temporary.Path, Endpoint = server.Front.Address, Offline = true };
        string message = Assert.Throws<HubException>(() => offline.Locate(FakeHub.Name)).Message;
        foreach (string part in (string[])["'owner/model'", $"there is no '{Repository}'", "HF_HUB_OFFLINE is set; unset it"])
            Assert.Contains(part, message, StringComparison.Ordinal);

        File.Delete(Path.Combine(Hub().Locate(FakeHub.Name), "model.safetensors"));
        Refuses.With<HubException>("lacks model.safetensors", () => offline.Locate(FakeHub.Name));
        Refuses.With<HubException>("does not know the revision 'v2'", () => offline.Locate($"{FakeHub.Name}@v2"));
        server.Dispose();
        Refuses.With<HubException>("cannot be reached", () => Hub().Locate("owner/other"));
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("../models/bert")]
    [InlineData("/no/such/folder")]
    [InlineData("owner/.hidden")]
    [InlineData("owner/model@../x")]
    [InlineData("C:\\models")]
    public void What_is_neither_a_folder_nor_a_name_is_refused_without_a_request(string name)
    {
        Refuses.With<HubException>($"there is no folder '{name}'", () => Hub().Locate(name));
        Assert.Empty(server.Front.Requests);
    }

    [Fact]
    public void A_folder_is_itself() => Assert.Equal(temporary.Path, Hub().Locate(temporary.Path));

    [Fact]
    public void A_model_is_loaded_by_its_name()
    {
        Golden golden = Golden.Require("bert");
        foreach (string file in (string[])["config.json", "model.safetensors"])
            server.Files[file] = File.ReadAllBytes(Path.Combine(golden.Folder, file));
        using ITokenModel model = AutoModel.Load(FakeHub.Name, Device.Cpu(1), Hub());
        using RaggedBatch batch = RaggedBatch.Pack(golden.Ids, golden.Types);
        RaggedMatrix hidden = model.Run(batch);
        Assert.All(
            golden.Cases, c => Assert.InRange(Golden.LargestDifference(c.Output, hidden.Sequence(c.Index)), 0, golden.Tolerance));
    }

    private ModelHub Hub(double patience = 30) => new()
    {
        Endpoint = server.Front.Address,
        CacheFolder = temporary.Path,
        Token = null,
        Offline = false,
        Patience = TimeSpan.FromSeconds(patience),
        Pause = TimeSpan.FromMilliseconds(1),
    };

    private sealed class Collect(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
