using KernelForge.TestData;
using SemanticSearch.Documents;
using SemanticSearch.Indexing;

namespace SemanticSearch.Tests.Indexing;

public sealed class IndexFileTests : IDisposable
{
    private static readonly byte[] key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly SearchIndex old = Index("old", 3), fresh = Index("fresh", 5);
    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public IndexFileTests() => path = Path.Combine(folder.Path, "docs.index");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_written_is_read_back()
    {
        IndexFile.Write(path, key, fresh);
        SearchIndex read = Assert.IsType<IndexReading.Whole>(IndexFile.Read(path, key)).Index;
        Assert.Equal(fresh.Documents.Select(d => (d.Title, d.Text)), read.Documents.Select(d => (d.Title, d.Text)));
        Assert.Equal(fresh.Vectors.ToArray(), read.Vectors.ToArray());
        Assert.Equal(4, read.Dimensions);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_index_of_nothing_is_an_index()
    {
        IndexFile.Write(path, key, new SearchIndex([], [], 4));
        Assert.Empty(Assert.IsType<IndexReading.Whole>(IndexFile.Read(path, key)).Index.Documents);
    }

    [Fact]
    public void None_is_absent_and_one_of_another_key_is_stale()
    {
        Assert.IsType<IndexReading.Absent>(IndexFile.Read(path, key));
        IndexFile.Write(path, key, old);
        Assert.IsType<IndexReading.Stale>(IndexFile.Read(path, [.. key.Reverse()]));
    }

    [Fact]
    public void One_of_another_version_is_stale_whatever_its_layout()
    {
        IndexFile.Write(path, key, old);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[8]++;
        File.WriteAllBytes(path, [.. bytes, 1, 2, 3]);
        Assert.IsType<IndexReading.Stale>(IndexFile.Read(path, key));
    }

    [Fact]
    public void A_writer_killed_before_any_byte_leaves_the_old_index()
    {
        byte[] whole = Bytes(fresh);
        foreach (int written in (int[])[.. Enumerable.Range(0, whole.Length / 7).Select(i => i * 7), whole.Length])
        {
            IndexFile.Write(path, key, old);
            File.WriteAllBytes($"{path}.1234.tmp", whole[..written]); // what the disk holds when the writer dies there
            Assert.Equal(3, Assert.IsType<IndexReading.Whole>(IndexFile.Read(path, key)).Index.Documents.Count);
            IndexFile.Write(path, key, fresh);
            Assert.Equal(5, Assert.IsType<IndexReading.Whole>(IndexFile.Read(path, key)).Index.Documents.Count);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_damaged_and_never_an_index()
    {
        byte[] whole = Bytes(fresh);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.IsType<IndexReading.Damaged>(IndexFile.Read(path, key));
        }
    }

    [Fact]
    public void A_bit_flipped_anywhere_is_noticed()
    {
        byte[] whole = Bytes(fresh);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= 0x10;
            File.WriteAllBytes(path, flipped);
            Assert.False(IndexFile.Read(path, key) is IndexReading.Whole, $"byte {at}");
        }
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_index_and_no_rest()
    {
        IndexFile.Write(path, key, old);
        var broken = new SearchIndex([null!], new float[4], 4);
        Assert.Throws<NullReferenceException>(() => IndexFile.Write(path, key, broken));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        Assert.IsType<IndexReading.Whole>(IndexFile.Read(path, key));
    }

    [Fact]
    public void Old_leftovers_of_killed_writers_are_removed_and_new_ones_are_not()
    {
        string dead = folder.Write("docs.index.1.tmp", "x"), alive = folder.Write("docs.index.2.tmp", "x");
        File.SetLastWriteTimeUtc(dead, DateTime.UtcNow.AddHours(-2));
        IndexFile.Write(path, key, old);
        Assert.Equal([path, alive], Directory.GetFiles(folder.Path).Order());
    }

    private static byte[] Bytes(SearchIndex index)
    {
        using var stream = new MemoryStream();
        IndexFile.WriteContent(stream, key, index);
        return stream.ToArray();
    }

    private static SearchIndex Index(string name, int count) => new(
        [.. Enumerable.Range(0, count).Select(i => new Document($"{name} {i}", $"Ünï {i}", ""))],
        [.. Enumerable.Range(0, count * 4).Select(i => i / 7f)], 4);
}
