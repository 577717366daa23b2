"""Times through CUDA graphs: the gaps between launches are those of a replay, not of the host."""
import statistics

import torch

import batch
import kernels as K
from encoder import SCALE, TYPES, Plan, make_weights
from peers import F, varlen_attention


def graph_time(work, replays=15, warm=2):
    """Milliseconds of one call of `work`: (median, least) over replays of its graph."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        work()  # loads modules, plans libraries
        work()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    times = []
    for i in range(warm + replays):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        graph.replay()
        end.record()
        end.synchronize()
        if i >= warm:
            times.append(start.elapsed_time(end))
    return statistics.median(times), min(times)


def eager_time(work, replays=10, warm=3):
    times = []
    for i in range(warm + replays):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        end.synchronize()
        if i >= warm:
            times.append(start.elapsed_time(end))
    return statistics.median(times), min(times)


def stream():
    return torch.cuda.current_stream().cuda_stream


def time_gemms(runner, element, variants, rows, rounds=2):
    """Every product of the layer, cycling through twelve layers' weights: {product: {variant: microseconds}}, the library's beside ours."""
    weights = make_weights(element) if element in TYPES else None
    results = {}
    for name, (n, k, epilogue) in K.SHAPES.items():
        kind = TYPES.get(element, torch.float32)
        capacity = batch.round_up(rows, 256)
        a = torch.randn(capacity, k, device="cuda").to(kind)
        residual, out = torch.randn(capacity, n, device="cuda").to(kind), torch.zeros(capacity, n, device="cuda").to(kind)
        sets = [(w[name], w[name + ".bias"]) for w in weights] if weights else [
            (torch.randn(n, k, device="cuda") * 0.02, torch.randn(n, device="cuda")) for _ in range(K.LAYERS)]
        count = torch.tensor([rows], dtype=torch.int32, device="cuda")
        flops, times = 2.0 * rows * n * k, {}

        def ours(kernel):
            for w, bias in sets * rounds:
                runner.gemm(kernel, a.data_ptr(), w.data_ptr(), bias.data_ptr(), residual.data_ptr(), out.data_ptr(),
                            count.data_ptr(), rows, capacity, stream=stream())

        def library():
            for w, bias in sets * rounds:
                F.linear(a[:rows], w, bias)

        for tile, instruction in variants:
            kernel = K.gemm(name, element, tile, instruction)
            runner.function(kernel)
            try:
                times[f"{instruction}.{tile}"] = graph_time(lambda: ours(kernel))[0] * 1e3 / len(sets) / rounds
            except RuntimeError as error:
                raise RuntimeError(kernel.name) from error
        torch.backends.cuda.matmul.allow_tf32 = element == "tf32"
        times["library"] = graph_time(library)[0] * 1e3 / len(sets) / rounds
        results[name] = dict(microseconds={v: round(t, 2) for v, t in times.items()},
                             tflops={v: round(flops / t / 1e6, 1) for v, t in times.items()})
    return results


def time_attention(runner, element, lengths, mixes, repeats=24):
    """One layer's attention of a batch: {mix: microseconds}, PyTorch's padded and varlen attention beside it."""
    weights = make_weights(element, 1)
    times = {}
    for name, families in mixes.items():
        plan = Plan(runner, weights, lengths, element, {}, families)
        plan.qkv.normal_()
        for kernel, *_ in plan.attention:
            runner.function(kernel)
        times[name] = graph_time(lambda: [plan.attend(stream=stream()) for _ in range(repeats)])[0]
    longest, tokens = max(lengths), sum(lengths)
    q, k, v = torch.randn(3, len(lengths), K.HEADS, longest, K.HEAD_DIM, device="cuda").to(TYPES[element])
    mask = (torch.arange(longest, device="cuda")[None] < torch.tensor(lengths, device="cuda")[:, None])[:, None, None]
    times["torch padded"] = graph_time(
        lambda: [F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=SCALE) for _ in range(repeats)])[0]
    q, k, v = torch.randn(tokens, 3, K.HEADS, K.HEAD_DIM, device="cuda").to(TYPES[element]).unbind(1)
    offsets = torch.tensor(batch.offsets_of(lengths), dtype=torch.int32, device="cuda")
    times["torch varlen"] = graph_time(lambda: [varlen_attention(q, k, v, offsets, longest) for _ in range(repeats)])[0]
    flops = sum(4.0 * n * n * K.HIDDEN for n in lengths)
    return dict(microseconds={n: round(t * 1e3 / repeats, 2) for n, t in times.items()},
                tflops={n: round(flops * repeats / t / 1e9, 1) for n, t in times.items()})


def time_rows(runner, element, lengths, repeats=24):
    """Row and segment kernels: microseconds and bytes moved a second, counting each operand once."""
    tokens = sum(lengths)
    size = 2 if element in TYPES else 4
    kind = TYPES.get(element, torch.float32)
    a, b = (torch.randn(tokens, K.HIDDEN, device="cuda").to(kind) for _ in range(2))
    table = torch.randn(30522, K.HIDDEN, device="cuda").to(kind)
    ids = torch.randint(0, 512, (3, tokens), device="cuda", dtype=torch.int32)
    ids[0] = torch.randint(0, 30522, (tokens,), device="cuda")
    ids[2] = 0
    out, pooled = torch.zeros_like(a), torch.zeros(len(lengths), K.HIDDEN, device="cuda")
    gamma = torch.ones(K.HIDDEN, device="cuda", dtype=kind)
    count = torch.tensor([tokens, len(lengths)], dtype=torch.int32, device="cuda")
    offsets = torch.tensor(batch.offsets_of(lengths), dtype=torch.int32, device="cuda")
    results = {}

    def measure(name, bytes_moved, once):
        once()
        time = graph_time(lambda: [once() for _ in range(repeats)])[0] / repeats
        results[name] = dict(microseconds=round(time * 1e3, 2), gbytes_per_second=round(bytes_moved / time / 1e6, 0))

    row = tokens * K.HIDDEN * size
    for name, moved in (("norm", 2 * row), ("residual", 3 * row), ("embeddings", 4 * row)):
        kernel = K.row(name, element)
        first, second = (table, a) if name == "embeddings" else (a, b)
        measure(name, moved, lambda: runner.rows(
            kernel, first.data_ptr(), second.data_ptr(), table.data_ptr(), ids.data_ptr(), gamma.data_ptr(), gamma.data_ptr(),
            out.data_ptr(), count.data_ptr(), tokens, tokens, stream=stream()))
    kernel = K.pool(element)
    measure("mean pool", row, lambda: runner.pool(
        kernel, a.data_ptr(), offsets.data_ptr(), pooled.data_ptr(), count.data_ptr() + 4, len(lengths), stream=stream()))
    measure("torch layer_norm", 2 * row, lambda: F.layer_norm(a, (K.HIDDEN,), gamma, gamma))
    return results
