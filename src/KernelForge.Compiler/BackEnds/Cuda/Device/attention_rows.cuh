// What a block of attention works on, and the way of a head's rows to shared memory and back. Requires types, views, mma, async.

// One block's work for one head: up to WARPS * WARP_Q queries of a sequence, and all its keys. The host writes the list once a batch,
// longest sequences first; it serves every layer. Starts: first rows of the sequence in the space of the queries and in that of the keys.
struct WorkItem
{
    int queryStart, queryLength, keyStart, keyLength;  // queries in memory; all keys, those of earlier runs included
    int firstQuery;  // a multiple of WARPS * WARP_Q below queryLength
    int sequence;
    int queryBase, keyBase;  // rows of earlier runs: the position of the first in memory; zeros in an ordinary run
};

// Whether this launch is of an incremental run: positions count from a sequence's first row, and keys and values lie where kept.cuh says. What
// is not written for such runs need not say that it is none.
#ifndef KEPT
#define KEPT false
#endif

struct NotKept {};

constexpr int attention_threads = WARPS * 32, attention_queries = WARPS * WARP_Q;
constexpr int chunk_elements = 16 / sizeof(Element);

// Bytes of a row of so many columns in shared memory: whole steps of a product, the columns beyond the width zero.
__host__ __device__ constexpr int row_bytes(int width) { return (width * static_cast<int>(sizeof(Element)) + 31) / 32 * 32; }

// Whether a head's rows of this width can move in pieces of 16 bytes; else they move element by element.
__host__ __device__ constexpr bool in_chunks(int width, bool aligned) { return aligned && width % chunk_elements == 0; }

// Rows first .. first + Count - 1 of a head of a sequence (from: its row 0) to a tile; rows from length on become zeros and are not read.
template <int Count, int Width, int Stride, bool Aligned, int RowBytes>
__device__ __forceinline__ void load_rows(char* tile, const Element* from, int first, int length)
{
    constexpr int chunks = row_bytes(Width) / 16;
    if constexpr (in_chunks(Width, Aligned))
    {
        // A thread keeps its column from turn to turn, so that its addresses are one and constant distances from it.
        constexpr int rows = attention_threads / chunks, turns = (Count + rows - 1) / rows;
        static_assert(rows > 0, "a block has a thread for each 16 bytes of a row");
        const int firstRow = threadIdx.x / chunks, chunk = threadIdx.x % chunks;
        if (attention_threads % chunks != 0 && firstRow == rows) return;
        const bool filled = row_bytes(Width) == Width * sizeof(Element) || chunk < Width / chunk_elements;
        from += static_cast<u64>(first + firstRow) * Stride + chunk * chunk_elements;
        const u32 to = shared_address(tile);
#pragma unroll
        for (int i = 0; i < turns; ++i)
        {
            const int row = i * rows + firstRow;
            if (Count % rows == 0 || row < Count)
                cp_async_16(to + swizzled<RowBytes>(row, chunk), from + static_cast<u64>(i * rows) * Stride,
                            filled && first + row < length);
        }
    }
    else
    {
#pragma unroll 1
        for (int piece = threadIdx.x; piece < Count * chunks; piece += attention_threads)
        {
            const int row = piece / chunks, chunk = piece % chunks;
            Vector<Element, chunk_elements> raw = {};
            if (first + row < length)
                raw = fetch_view<chunk_elements, Width, false, 0>(from + static_cast<u64>(first + row) * Stride, chunk * chunk_elements);
            *reinterpret_cast<uint4*>(tile + swizzled<RowBytes>(row, chunk)) =
                make_uint4(raw.words[0], raw.words[1], raw.words[2], raw.words[3]);
        }
    }
}

// As load_rows, of rows that need not lie one after another: row_at gives the address of the head's row at a position, aligned to 16 bytes
// where the width is a multiple of that; null for one that nobody may see, whose place becomes zeros.
template <int Count, int Width, int RowBytes, class RowAt>
__device__ __forceinline__ void load_kept_rows(char* tile, int first, int length, const RowAt& row_at)
{
    constexpr int chunks = row_bytes(Width) / 16;
#pragma unroll 1
    for (int piece = threadIdx.x; piece < Count * chunks; piece += attention_threads)
    {
        const int row = piece / chunks, chunk = piece % chunks;
        const Element* const from = first + row < length ? row_at(first + row) : nullptr;
        char* const to = tile + swizzled<RowBytes>(row, chunk);
        if constexpr (in_chunks(Width, true))
        {
            const bool filled = row_bytes(Width) == Width * sizeof(Element) || chunk < Width / chunk_elements;
            cp_async_16(shared_address(to), from + chunk * chunk_elements, filled && from != nullptr);
        }
        else
        {
            Vector<Element, chunk_elements> raw = {};
            if (from != nullptr) raw = fetch_view<chunk_elements, Width, false, 0>(from, chunk * chunk_elements);
            *reinterpret_cast<uint4*>(to) = make_uint4(raw.words[0], raw.words[1], raw.words[2], raw.words[3]);
        }
    }
}

// A warp's rows from firstRow of a tile to a head of the output (to: its row 0, first column).
template <int Width, int Stride, bool Aligned, int RowBytes>
__device__ __forceinline__ void store_rows(Element* to, const char* tile, int firstRow, int count, int lane)
{
    if constexpr (in_chunks(Width, Aligned))
    {
        constexpr int chunks = Width / chunk_elements, pieces = WARP_Q * chunks;
#pragma unroll
        for (int i = 0; i < (pieces + 31) / 32; ++i)
        {
            const int piece = i * 32 + lane, row = piece / chunks, chunk = piece % chunks;
            if (row < count)  // at most WARP_Q
                *reinterpret_cast<uint4*>(to + static_cast<u64>(row) * Stride + chunk * chunk_elements) =
                    *reinterpret_cast<const uint4*>(tile + swizzled<RowBytes>(firstRow + row, chunk));
        }
    }
    else
    {
#pragma unroll 1
        for (int piece = lane; piece < count * Width; piece += 32)
        {
            const int row = piece / Width, column = piece % Width;
            to[static_cast<u64>(row) * Stride + column] = reinterpret_cast<const Element*>(
                tile + swizzled<RowBytes>(firstRow + row, column / chunk_elements))[column % chunk_elements];
        }
    }
}

// Zeros to the columns behind a warp's rows (to: row 0, the first of them).
template <int Columns, int Stride> __device__ __forceinline__ void clear_columns(Element* to, int count, int lane)
{
    for (int row = lane; row < count; row += 32)
#pragma unroll
        for (int i = 0; i < Columns; ++i) to[static_cast<u64>(row) * Stride + i] = from_float<Element>(0.0f);
}
