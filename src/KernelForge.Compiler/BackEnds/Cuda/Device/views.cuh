// Access to a view: columns [start, start + Columns) of a buffer. Requires types.cuh.
//
//   Columns   the view's width, at least 1
//   Aligned   start is a multiple of 8, so that a view's row and every eighth column after it are aligned to 16 bytes
//   Padding   columns behind the view's last that belong to it, which are zero: where the view ends its buffer, the buffer's stride
//             (a multiple of 8) - start - Columns; where another view follows, 0
//   row       the address of the view's first column in a row
//   column    of the view, a multiple of 8 (4), below Columns rounded up to a multiple of 8
//
// What lies beyond a view is neither read nor written: other blocks may write it at the same time, or nobody may have written it yet.

// Whole vectors at a column: 16 (8) bytes that the view owns.
template <int Count, int Columns, bool Aligned, int Padding> __device__ __forceinline__ bool whole_vector(int column)
{
    if constexpr (!Aligned) return false;
    else return Columns % Count == 0 || Columns % Count + Padding >= Count || column + Count <= Columns;
}

template <int Count, int Columns, bool Aligned, int Padding, class T>
__device__ __forceinline__ Vector<T, Count> fetch_view(const T* row, int column)
{
    // Behind the last column there are zeros, which whoever has that column may be storing.
    if constexpr (Count < 8 && Columns % 8 != 0)
        if (column >= Columns) return fetch_first<Count>(row, 0);
    if (whole_vector<Count, Columns, Aligned, Padding>(column)) return fetch<Count>(row + column);
    return fetch_first<Count>(row + column, Columns - column);
}

template <int Count, int Columns, bool Aligned, int Padding, class T>
__device__ __forceinline__ void store_view(T* row, int column, const float (&v)[Count])
{
    static_assert(Columns > 0 && Padding >= 0 && Padding < 8, "a view has columns, and its buffer less than eight behind them");
    static_assert(!Aligned || Padding == 0 || (Columns + Padding) % 8 == 0, "an aligned view's padding ends at a multiple of 8");
    if (Columns % 8 != 0 && column >= Columns) return;  // whoever has the last column stores the zeros behind it
    if (whole_vector<Count, Columns, Aligned, Padding>(column))
    {
        float kept[Count];
#pragma unroll
        for (int i = 0; i < Count; ++i) kept[i] = Columns % Count == 0 || column + i < Columns ? v[i] : 0.0f;
        store(row + column, pack<T>(kept));
    }
    else
#pragma unroll
        for (int i = 0; i < Count; ++i)
            if (column + i < Columns) row[column + i] = from_float<T>(v[i]);

    // The zeros behind the last column, as far as the vector above did not bring them.
    constexpr int first = Aligned && Columns % Count + Padding >= Count ? (Columns + Count - 1) / Count * Count : Columns;
    if constexpr (first < Columns + Padding)
        if (column + Count >= Columns)
#pragma unroll
            for (int i = first; i < Columns + Padding; ++i) row[i] = from_float<T>(0.0f);
}

// Eight (four) elements; zeros beyond the view's last column.
template <int Columns, bool Aligned, int Padding, class T> __device__ __forceinline__ Eight<T> fetch8(const T* row, int column)
{
    return fetch_view<8, Columns, Aligned, Padding>(row, column);
}

template <int Columns, bool Aligned, int Padding, class T> __device__ __forceinline__ Four<T> fetch4(const T* row, int column)
{
    return fetch_view<4, Columns, Aligned, Padding>(row, column);
}

// Eight (four) values to the view's columns; with the last of them, zeros to its padding.
template <int Columns, bool Aligned, int Padding, class T> __device__ __forceinline__ void store8(T* row, int column, const float (&v)[8])
{
    store_view<8, Columns, Aligned, Padding>(row, column, v);
}

template <int Columns, bool Aligned, int Padding, class T> __device__ __forceinline__ void store4(T* row, int column, const float (&v)[4])
{
    store_view<4, Columns, Aligned, Padding>(row, column, v);
}

// The index itself, or the nearest of 0 ... count - 1.
__device__ __forceinline__ int nearest(int index, int count) { return max(0, min(index, count - 1)); }

// Columns [Start, Start + Columns) of a buffer [rows, Whole]. A vector or table of the model is one too.
template <class T, int Columns, int Whole = Columns, int Start = 0> struct View
{
    static constexpr int columns = Columns, stride = padded(Whole);
    static constexpr bool aligned = Start % 8 == 0;
    static constexpr int padding = Start + Columns == Whole ? stride - Whole : 0;

    T* buffer;

    __device__ __forceinline__ T* row_at(int row) const { return buffer + static_cast<u64>(row) * stride + Start; }

    __device__ __forceinline__ float at(int row, int column) const { return to_float(row_at(row)[column]); }

    // At a position of a sequence that begins at a row and has so many; 0 outside of it.
    __device__ __forceinline__ float at_position(int start, int length, int position, int column) const
    {
        return static_cast<u32>(position) < static_cast<u32>(length) ? at(start + position, column) : 0.0f;
    }

    __device__ __forceinline__ void store(int row, int column, float x) const
    {
        row_at(row)[column] = from_float<T>(x);
    }

    __device__ __forceinline__ auto fetch8(int row, int column) const { return ::fetch8<Columns, aligned, padding>(row_at(row), column); }

    __device__ __forceinline__ auto fetch4(int row, int column) const { return ::fetch4<Columns, aligned, padding>(row_at(row), column); }

    __device__ __forceinline__ void load(float (&v)[8], int row, int column) const { unpack(v, fetch8(row, column)); }

    __device__ __forceinline__ void store8(int row, int column, const float (&v)[8]) const
    {
        ::store8<Columns, aligned, padding>(row_at(row), column, v);
    }

    __device__ __forceinline__ void store4(int row, int column, const float (&v)[4]) const
    {
        ::store4<Columns, aligned, padding>(row_at(row), column, v);
    }
};
