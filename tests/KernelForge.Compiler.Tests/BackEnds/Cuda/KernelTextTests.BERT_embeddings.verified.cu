// sum = word[ids] + type[ids.Types] + position[Positions]
// mean = Mean(sum)
// difference = sum - mean
// mean2 = Mean(difference * difference)
// norm = difference * (1.0 / Sqrt(mean2 + epsilon)) * norm.scale + norm.shift
//
//   Grid: rows / ROWS, rounded up. Block: ROWS rows of ROW_WARPS warps each.
//   A thread holds pieces of eight columns, a row's width apart; shared memory only where groups of columns are reduced.

extern "C" __global__ void __launch_bounds__(rows_threads)
norm_kernel(View<const Element, HIDDEN> wordWeight, const int* ids, View<const Element, HIDDEN> typeWeight, const int* idsTypes,
    View<const Element, HIDDEN> positionWeight, const int* positions, View<const Element, HIDDEN> normScale,
    View<const Element, HIDDEN> normShift, View<Element, HIDDEN> x, const int* rowCount)
{
    const RowThread at;
    const int row = at.row;
    let_next_grid_start();
    if (row >= *rowCount) return;
    wait_for_previous_grid();
    const int wordWeightRow = ids[row];
    const int typeWeightRow = idsTypes[row];
    const int positionWeightRow = positions[row];

    float kept[pieces_of<HIDDEN>][8];
    float sum = 0.0f;
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        float wordWeightValues[8];
        wordWeight.load(wordWeightValues, wordWeightRow, column);
        float typeWeightValues[8];
        typeWeight.load(typeWeightValues, typeWeightRow, column);
        float positionWeightValues[8];
        positionWeight.load(positionWeightValues, positionWeightRow, column);
        #pragma unroll
        for (int e = 0; e < 8; ++e)
        {
            kept[p][e] = wordWeightValues[e] + typeWeightValues[e] + positionWeightValues[e];
            if (within<HIDDEN>(column + e)) sum += kept[p][e];
        }
    }
    const float mean = row_sum(sum) * (1.0f / HIDDEN);
    float kept2[pieces_of<HIDDEN>][8];
    float sum2 = 0.0f;
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        #pragma unroll
        for (int e = 0; e < 8; ++e)
        {
            kept2[p][e] = kept[p][e] - mean;
            if (within<HIDDEN>(column + e)) sum2 += kept2[p][e] * kept2[p][e];
        }
    }
    const float mean2 = row_sum(sum2) * (1.0f / HIDDEN);
    const float factor = rsqrt_as<Element>(mean2 + EPSILON);
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        float normScaleValues[8];
        normScale.load(normScaleValues, 0, column);
        float normShiftValues[8];
        normShift.load(normShiftValues, 0, column);
        float result2[8];
        #pragma unroll
        for (int e = 0; e < 8; ++e) result2[e] = kept2[p][e] * factor * normScaleValues[e] + normShiftValues[e];
        x.store8(row, column, result2);
    }
}
