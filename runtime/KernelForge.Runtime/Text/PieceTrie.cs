namespace KernelForge.Runtime.Text;

/// <summary>The pieces of a vocabulary as a tree of their characters, which finds the longest piece that a text begins with.</summary>
internal sealed class PieceTrie
{
    /// <summary>No piece begins so.</summary>
    public const int Nowhere = -1;

    /// <summary>Where every piece begins.</summary>
    public const int Root = 0;

    /// <summary>The way from a node to a child of it: a place in <see cref="edges"/>.</summary>
    /// <param name="Key">Node and character; 0 where nothing is.</param>
    /// <param name="Child">The child's number.</param>
    /// <param name="Id">The piece that ends in the child; −1 for none.</param>
    private record struct Edge(ulong Key, int Child, int Id);

    private Edge[] edges = new Edge[2];
    private int shift = 63; // 64 − log2 of their number
    private int count;

    /// <param name="pieces">Piece to id. An empty one is never found.</param>
    public PieceTrie(IReadOnlyDictionary<string, int> pieces)
    {
        foreach ((string piece, int id) in pieces)
        {
            int node = Root, last = Nowhere;
            foreach (char c in piece)
            {
                last = Find(node, c);
                if (edges[last].Key == 0) last = Add(node, c);
                node = edges[last].Child;
            }
            if (last >= 0) edges[last].Id = id;
        }
    }

    /// <summary>The node that a text leads to.</summary>
    public int Walk(string text)
    {
        int node = Root;
        foreach (char c in text)
        {
            Edge edge = edges[Find(node, c)];
            if (edge.Key == 0) return Nowhere;
            node = edge.Child;
        }
        return node;
    }

    /// <summary>The length of the longest way from a node along a text to the end of a piece; 0 where there is none.</summary>
    public int Match(int node, ReadOnlySpan<char> text, out int id)
    {
        int length = 0;
        id = -1;
        for (int depth = 0; depth < text.Length; depth++)
        {
            ref readonly Edge edge = ref edges[Find(node, text[depth])];
            if (edge.Key == 0) break;
            node = edge.Child;
            if (edge.Id >= 0) (length, id) = (depth + 1, edge.Id);
        }
        return length;
    }

    private int Add(int node, char c)
    {
        if (2 * ++count > edges.Length)
        {
            Edge[] fewer = edges;
            edges = new Edge[2 * fewer.Length];
            shift--;
            foreach (Edge edge in fewer)
                if (edge.Key != 0) edges[Find(edge.Key)] = edge;
        }
        int place = Find(node, c);
        edges[place] = new Edge(Key(node, c), count, -1);
        return place;
    }

    private static ulong Key(int node, char c) => ((ulong)(uint)(node + 1) << 16) | c;

    private int Find(int node, char c) => Find(Key(node, c));

    /// <summary>Where the edge is, or where it would be.</summary>
    private int Find(ulong key)
    {
        // The upper bits of a product depend on all bits of its factors.
        Edge[] edges = this.edges;
        int at = (int)((key * 0x9E3779B97F4A7C15) >> shift);
        while (true)
        {
            ulong there = edges[at].Key;
            if (there == key || there == 0) return at;
            at = (at + 1) & (edges.Length - 1);
        }
    }
}
