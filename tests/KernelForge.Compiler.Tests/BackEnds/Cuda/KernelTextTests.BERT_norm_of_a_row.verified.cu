// mean3 = Mean(sum2)
// difference2 = sum2 - mean3
// mean4 = Mean(difference2 * difference2)
// attentionNorm = difference2 * (1.0 / Sqrt(mean4 + epsilon)) * layers[i].attentionNorm.scale + layers[i].attentionNorm.shift
//
//   Grid: rows / ROWS, rounded up. Block: ROWS rows of ROW_WARPS warps each.
//   A thread holds pieces of eight columns, a row's width apart; shared memory only where groups of columns are reduced.

extern "C" __global__ void __launch_bounds__(rows_threads)
attentionNorm_kernel(View<const Element, HIDDEN> sum2, View<const Element, HIDDEN> attentionNormScale,
    View<const Element, HIDDEN> attentionNormShift, View<Element, HIDDEN> attentionNorm, const int* rowCount)
{
    const RowThread at;
    const int row = at.row;
    let_next_grid_start();
    if (row >= *rowCount) return;
    wait_for_previous_grid();

    float sum2Values[pieces_of<HIDDEN>][8];
    float sum = 0.0f;
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        sum2.load(sum2Values[p], row, column);
        #pragma unroll
        for (int e = 0; e < 8; ++e) if (within<HIDDEN>(column + e)) sum += sum2Values[p][e];
    }
    const float mean = row_sum(sum) * (1.0f / HIDDEN);
    float kept[pieces_of<HIDDEN>][8];
    float sum3 = 0.0f;
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        #pragma unroll
        for (int e = 0; e < 8; ++e)
        {
            kept[p][e] = sum2Values[p][e] - mean;
            if (within<HIDDEN>(column + e)) sum3 += kept[p][e] * kept[p][e];
        }
    }
    const float mean2 = row_sum(sum3) * (1.0f / HIDDEN);
    const float factor = rsqrt_as<Element>(mean2 + EPSILON);
    #pragma unroll
    for (int p = 0; p < pieces_of<HIDDEN>; ++p)
    {
        if (!at.holds<HIDDEN>(p)) continue;
        const int column = at.column(p);
        float attentionNormScaleValues[8];
        attentionNormScale.load(attentionNormScaleValues, 0, column);
        float attentionNormShiftValues[8];
        attentionNormShift.load(attentionNormShiftValues, 0, column);
        float result2[8];
        #pragma unroll
        for (int e = 0; e < 8; ++e) result2[e] = kept[p][e] * factor * attentionNormScaleValues[e] + attentionNormShiftValues[e];
        attentionNorm.store8(row, column, result2);
    }
}
