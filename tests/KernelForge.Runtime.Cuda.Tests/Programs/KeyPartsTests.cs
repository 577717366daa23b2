using KernelForge.Runtime.Cuda.Programs;

namespace KernelForge.Runtime.Cuda.Tests.Programs;

/// <summary>Which sequences attention over kept keys takes, and how their keys are cut.</summary>
public sealed class KeyPartsTests
{
    private const int MostQueries = 4;

    /// <summary>New queries, earlier rows, and rows that were given back.</summary>
    private static readonly (int Queries, int Past, int First)[] sequences =
        [(1, 0, 0), (3, 500, 288), (5, 900, 0), (1, 127, 0), (0, 64, 0), (1, 128, 0), (4, 1000, 960), (2, 254, 128)];

    [Fact]
    public void Every_kept_key_is_in_one_part_and_every_query_has_its_parts()
    {
        KeyParts list = List(sequences);
        var parts = new AttentionPart[100];
        parts = parts[..list.List(parts)];
        var items = new MergeItem[100];
        items = items[..list.List(items)];
        var slots = new HashSet<int>();
        for (int s = 0; s < sequences.Length; s++)
        {
            (int queries, int past, int first) = sequences[s];
            AttentionPart[] own = [.. parts.Where(part => part.Item.Sequence == s).OrderBy(part => part.FirstKey)];
            Assert.Equal(queries is > 0 and <= MostQueries, own.Length > 0);
            if (own.Length == 0) continue;
            int start = first / KeyParts.Keys * KeyParts.Keys, row = sequences[..s].Sum(one => one.Queries);
            foreach (AttentionPart part in own)
            {
                Assert.Equal((start, Math.Min(KeyParts.Keys, past + queries - start)), (part.FirstKey, part.Keys));
                Assert.Equal((past + queries, past, past), (part.Item.KeyLength, part.Item.QueryBase, part.Item.KeyBase));
                Assert.Equal((queries, row), (part.Item.QueryLength, part.Item.QueryStart));
                start += part.Keys;
                for (int query = 0; query < queries; query++) Assert.True(slots.Add(part.Slot + (query * part.SlotsAQuery)), "two results in one slot");
            }
            Assert.Equal(past + queries, start);
            for (int query = 0; query < queries; query++)
            {
                MergeItem item = Assert.Single(items, item => item.Row == row + query);
                Assert.Equal((own[0].FirstKey / KeyParts.Keys, own.Length), (item.FirstPart, item.EndPart - item.FirstPart));
                Assert.Equal(own[0].Slot + (query * own[0].SlotsAQuery), item.Slot);
            }
        }
        Assert.Equal(Enumerable.Range(0, list.Slots()), slots.Order());
        Assert.Equal(sequences.Where(one => one.Queries <= MostQueries).Sum(one => one.Queries), items.Length);
        // Whole parts come first: blocks that take turns end together.
        Assert.Equal(parts.OrderByDescending(part => part.Keys == KeyParts.Keys), parts);
    }

    [Fact]
    public void What_a_sequence_is_cut_into_does_not_depend_on_the_others()
    {
        var parts = new AttentionPart[100];
        int count = List(sequences).List(parts);
        for (int s = 0; s < sequences.Length; s++)
        {
            var alone = new AttentionPart[100];
            int own = List([sequences[s]]).List(alone);
            Assert.Equal(
                alone[..own].Select(part => (part.FirstKey, part.Keys)).Order(),
                parts[..count].Where(part => part.Item.Sequence == s).Select(part => (part.FirstKey, part.Keys)).Order());
        }
    }

    [Theory]
    [InlineData(1, 255, false), InlineData(1, 256, true), InlineData(4, 253, true), InlineData(4, 252, false)]
    [InlineData(5, 900, false), InlineData(0, 900, false)]
    public void Few_new_queries_over_many_keys_are_taken(int queries, int past, bool takes)
    {
        int[] offsets = [0, queries], bases = [past];
        Assert.Equal(takes, new KeyParts(offsets, bases, offsets, bases, MostQueries).Takes(0));
    }

    [Theory, InlineData(32, 32, 16), InlineData(32, 8, 4), InlineData(24, 8, 5), InlineData(16, 1, 1), InlineData(71, 1, 1)]
    public void New_queries_and_the_heads_that_share_their_keys_fit_a_tile(int heads, int keyHeads, int most) =>
        Assert.Equal(most, KeyParts.MostQueries(heads, keyHeads));

    private static KeyParts List((int Queries, int Past, int First)[] of)
    {
        int[] offsets = [0, .. Enumerable.Range(1, of.Length).Select(n => of[..n].Sum(one => one.Queries))], past = [.. of.Select(one => one.Past)];
        return new KeyParts(offsets, past, offsets, past, MostQueries) { FirstKeys = of.Select(one => one.First).ToArray(), MostKeysOfTiles = 0 };
    }
}
