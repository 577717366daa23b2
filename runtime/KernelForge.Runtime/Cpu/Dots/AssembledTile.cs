namespace KernelForge.Runtime.Cpu.Dots;

/// <summary>The machine code of a kind of tile, for each number of rows.</summary>
internal sealed unsafe class AssembledTile
{
    private readonly nint[] entries;

    private AssembledTile(DotKind kind, nint[] entries) => (Kind, this.entries) = (kind, entries);

    public DotKind Kind { get; }

    /// <summary>Assembles all of a kind.</summary>
    /// <exception cref="DotException">This machine cannot run it.</exception>
    public static AssembledTile Make(DotKind kind)
    {
        if (kind.Missing is { } missing) throw new DotException(missing);
        if (!OperatingSystem.IsLinux()) throw new DotException("code is assembled on Linux alone");
        var entries = new nint[kind.Rows + 1];
        nint code = CodeMemory.Place(RoomFor(kind), address => Assemble(kind, address, entries));
        for (int rows = 1; rows <= kind.Rows; rows++) entries[rows] += code;
        return new AssembledTile(kind, entries);
    }

    /// <summary>Computes a tile of 1 to <see cref="DotKind.Rows"/> rows.</summary>
    public void Run(int rows, in TileCall call)
    {
        // Some microseconds without a call back: a collection can wait for them, and the change to code that it need not wait for costs more.
        fixed (TileCall* argument = &call)
            ((delegate* unmanaged[SuppressGCTransition]<TileCall*, void>)entries[rows])(argument);
    }

    /// <summary>All code of a kind, one tile after another, and where each begins.</summary>
    internal static byte[] Assemble(DotKind kind, ulong address, nint[] entries)
    {
        using var all = new MemoryStream();
        for (int rows = 1; rows <= kind.Rows; rows++)
        {
            // AMX's code has the number of rows from its registers, but for whether there are more than 16.
            if (kind.IsMatrix && rows is not (1 or 17))
            {
                entries[rows] = entries[rows - 1];
                continue;
            }
            while (all.Length % 64 != 0) all.WriteByte(0xcc);
            entries[rows] = (nint)all.Length;

            all.Write(TileAssembler.Bytes(TileAssembler.Write(kind, rows), address + (ulong)all.Length));
        }
        return all.ToArray();
    }

    private static int RoomFor(DotKind kind) => kind.Rows * 4096;
}
