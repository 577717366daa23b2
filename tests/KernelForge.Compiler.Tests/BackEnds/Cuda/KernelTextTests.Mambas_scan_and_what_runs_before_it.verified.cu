// what each chunk of a long sequence makes of its states, for: scan2 = Scan of states states: h = Exp(-delta[t, f] * Exp(scan.decay[f, n])) * h + delta[t, f] * select[rank … rank + states][t, n] * quotient[t, f]
// sum of h * select[rank + states … rank + 2 * states][t, n]
//
//   Grid: padded features / scan_features, rounded up, by chunks. Block: STATE_LANES lanes for each feature.

extern "C" __global__ void __launch_bounds__(scan_threads)
scan2_links_kernel(const int* offsets, View<const Element, INNER> delta, View<const Element, STATES> scanDecay,
    View<const Element, STATES, RANK + 2 * STATES, RANK> select, View<const Element, INNER> quotient, const int* sequenceCount,
    const int* chunkStarts, const int* chunkSequences, ScanLink* links)
{
    const ScanThread at;
    let_next_grid_start();
    wait_for_previous_grid();
    if (blockIdx.y >= chunkStarts[*sequenceCount]) return;
    const ScanChunk chunk(chunkStarts, chunkSequences, blockIdx.y);
    if (chunk.is_last()) return;
    const int sequence = chunk.sequence;
    const int f = min(at.feature, INNER - 1);
    const int first = offsets[sequence], count = offsets[sequence + 1] - first;
    float states[STATES_OF_LANE] = {};
    ScanFactor products[STATES_OF_LANE];
    const int end = chunk.end(count);
    #pragma unroll 1
    for (int turn = chunk.begin(); turn < end; ++turn)
    {
        const int position = turn, row = first + position;
        float factor = -delta.at(row, f);
        float element = delta.at(row, f);
        float element2 = quotient.at(row, f);
        #pragma unroll
        for (int k = 0; k < STATES_OF_LANE; ++k)
        {
            const int n = k * STATE_LANES + at.lane;
            if ((STATES) % STATE_LANES != 0 && n >= STATES) continue;
            float factor2 = exp_as<Element>(factor * exp_as<Element>(scanDecay.at(f, n)));
            float factor3 = element * select.at(row, n) * element2;
            float h = states[k];
            h = factor2 * h + factor3;
            states[k] = h;
            products[k].multiply(factor2);
        }
    }
    #pragma unroll
    for (int k = 0; k < STATES_OF_LANE; ++k)
    {
        const int n = k * STATE_LANES + at.lane;
        if ((STATES) % STATE_LANES != 0 && n >= STATES) continue;
        links[at.place(blockIdx.y, k)] = {products[k].value(), states[k]};
    }
}

// the states with which each chunk of a long sequence begins, for: scan2 = Scan of states states: h = Exp(-delta[t, f] * Exp(scan.decay[f, n])) * h + delta[t, f] * select[rank … rank + states][t, n] * quotient[t, f]
// sum of h * select[rank + states … rank + 2 * states][t, n]
//
//   Grid: padded features / scan_features, rounded up, by sequences. Block: STATE_LANES lanes for each feature.

extern "C" __global__ void __launch_bounds__(scan_threads)
scan2_chain_kernel(const int* offsets, View<const Element, INNER> delta, View<const Element, STATES> scanDecay,
    View<const Element, STATES, RANK + 2 * STATES, RANK> select, View<const Element, INNER> quotient, const int* sequenceCount,
    const int* chunkStarts, const int* chunkSequences, ScanLink* links)
{
    const ScanThread at;
    const int sequence = blockIdx.y;
    let_next_grid_start();
    wait_for_previous_grid();
    if (sequence >= *sequenceCount) return;
    const int begin = chunkStarts[sequence], end = chunkStarts[sequence + 1] - 1;
    if (begin >= end) return;
    const int f = min(at.feature, INNER - 1);
    const int first = offsets[sequence], count = offsets[sequence + 1] - first;
    #pragma unroll
    for (int k = 0; k < STATES_OF_LANE; ++k)
    {
        const int n = k * STATE_LANES + at.lane;
        if ((STATES) % STATE_LANES != 0 && n >= STATES) continue;
        scan_chain(links, at, begin, end, k, [&](int chunk, float h)
        {
            #pragma unroll 1
            for (int turn = (chunk - begin) * SCAN_CHUNK; turn < (chunk - begin + 1) * SCAN_CHUNK; ++turn)
            {
                const int position = turn, row = first + position;
                float factor = -delta.at(row, f);
                float element = delta.at(row, f);
                float element2 = quotient.at(row, f);
                float factor2 = exp_as<Element>(factor * exp_as<Element>(scanDecay.at(f, n)));
                float factor3 = element * select.at(row, n) * element2;
                h = factor2 * h + factor3;
            }
            return h;
        });
    }
}

// scan2 = Scan of states states: h = Exp(-delta[t, f] * Exp(scan.decay[f, n])) * h + delta[t, f] * select[rank … rank + states][t, n] * quotient[t, f]
// sum of h * select[rank + states … rank + 2 * states][t, n]
//
//   Grid: padded features / scan_features, rounded up, by chunks. Block: STATE_LANES lanes for each feature.

extern "C" __global__ void __launch_bounds__(scan_threads)
scan2_kernel(const int* offsets, View<const Element, INNER> delta, View<const Element, STATES> scanDecay,
    View<const Element, STATES, RANK + 2 * STATES, RANK> select, View<const Element, INNER> quotient, const int* sequenceCount,
    View<Element, INNER> scan2, View<const Element, STATES, RANK + 2 * STATES, RANK + STATES> select2, const int* chunkStarts,
    const int* chunkSequences, const ScanLink* links)
{
    const ScanThread at;
    let_next_grid_start();
    if (blockIdx.y >= chunkStarts[*sequenceCount]) return;
    wait_for_previous_grid();
    const ScanChunk chunk(chunkStarts, chunkSequences, blockIdx.y);
    const int sequence = chunk.sequence;
    const int f = min(at.feature, INNER - 1);
    const int first = offsets[sequence], count = offsets[sequence + 1] - first;
    float states[STATES_OF_LANE] = {};
    if (chunk.number > 0)
    {
        #pragma unroll
        for (int k = 0; k < STATES_OF_LANE; ++k)
        {
            const int n = k * STATE_LANES + at.lane;
            if ((STATES) % STATE_LANES != 0 && n >= STATES) continue;
            states[k] = links[at.place(blockIdx.y - 1, k)].state;
        }
    }
    const int end = chunk.end(count);
    #pragma unroll 1
    for (int turn = chunk.begin(); turn < end; ++turn)
    {
        const int position = turn, row = first + position;
        float factor = -delta.at(row, f);
        float element = delta.at(row, f);
        float element2 = quotient.at(row, f);
        float total = 0.0f;
        #pragma unroll
        for (int k = 0; k < STATES_OF_LANE; ++k)
        {
            const int n = k * STATE_LANES + at.lane;
            if ((STATES) % STATE_LANES != 0 && n >= STATES) continue;
            float factor2 = exp_as<Element>(factor * exp_as<Element>(scanDecay.at(f, n)));
            float factor3 = element * select.at(row, n) * element2;
            float element3 = select2.at(row, n);
            float h = states[k];
            h = factor2 * h + factor3;
            total += h * element3;
            states[k] = h;
        }
        total = at.sum(total);
        if (at.lane == 0 && at.feature < padded(INNER)) scan2.store(row, at.feature, at.feature < INNER ? total : 0.0f);
    }
}
