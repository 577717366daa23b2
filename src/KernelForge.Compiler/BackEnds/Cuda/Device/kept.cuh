// What sequences keep from run to run: rows in blocks, and memory of each sequence's own. Requires types, views.
//
//   KEPT  whether this launch is of an incremental run, in which rows have come before those in memory and lie where this says

constexpr int kept_rows = 32;     // of a block
constexpr int keep_warps = 8, keep_threads = 32 * keep_warps;
static_assert(kept_rows % 16 == 0 && keep_threads <= 1024, "a tile of 16 keys lies in one block of rows, and a block of threads is launched");

// The blocks of a batch's sequences in one row space. Every entry of the space has its place in each block: rows of Stride elements, one after
// another, from byte `place` on, which is a multiple of 16.
struct KeptBlocks
{
    const int* starts;  // [sequences + 1]: where a sequence's blocks begin in the list
    const u64* blocks;  // the addresses of all, in the order of the sequences and of their rows; 0 for one that was given back

    // The entry's row at a position of a sequence; null where its block was given back.
    template <class T, int Stride> __device__ __forceinline__ T* row(int sequence, int position, int place) const
    {
        const u64 block = blocks[starts[sequence] + position / kept_rows];
        return block == 0 ? nullptr : reinterpret_cast<T*>(block + place) + position % kept_rows * Stride;
    }
};

// Keys and values of one attention in these blocks: all key heads side by side, as in a buffer of its own.
template <int KeyColumns, int ValueColumns> struct KeptKeys
{
    static constexpr int keyStride = padded(KeyColumns), valueStride = padded(ValueColumns);

    KeptBlocks blocks;
    int keyPlace, valuePlace;

    // The row of a head at a position; null where it was given back.
    template <int Width = 0> __device__ __forceinline__ Element* key(int sequence, int position, int head = 0) const
    {
        Element* const row = blocks.row<Element, keyStride>(sequence, position, keyPlace);
        return row == nullptr ? nullptr : row + head * Width;
    }

    template <int Width = 0> __device__ __forceinline__ Element* value(int sequence, int position, int head = 0) const
    {
        Element* const row = blocks.row<Element, valueStride>(sequence, position, valuePlace);
        return row == nullptr ? nullptr : row + head * Width;
    }
};

// A sequence's own memory: what its last run left, null where there was none, and what this run leaves.
template <class T> struct KeptStates
{
    const T* before;
    T* after;

    // places: the addresses of all sequences' memory, two each; place: of an entry in it, in bytes.
    __device__ __forceinline__ KeptStates(const u64* places, int sequence, int place)
        : before(places[2 * sequence] == 0 ? nullptr : reinterpret_cast<const T*>(places[2 * sequence] + place)),
          after(reinterpret_cast<T*>(places[2 * sequence + 1] + place)) {}
};

// A view's row, and the zeros behind it, to `to`, which is aligned to 16 bytes. A warp calls.
template <class T, class From> __device__ __forceinline__ void keep_row(T* to, const From& from, int row, int lane)
{
#pragma unroll 2
    for (int column = lane * 8; column < padded(From::columns); column += 32 * 8) store(to + column, from.fetch8(row, column));
}
