"""PyTorch on the steps that tests/Hardware measures: 16 sequences of equal length, one new token each, through Llama's layers, as one CUDA graph.

Prints one JSON object. Keys and values lie in one array of the full length, which a program with sequences of different lengths does not have.
"""

import json
import statistics

import torch
import torch.nn.functional as F

HIDDEN, DEPTH, HEADS, KEY_HEADS, INTERMEDIATE, SEQUENCES = 2048, 8, 32, 8, 5632, 16
WIDTH = HIDDEN // HEADS


def norm(x, weight):
    return F.rms_norm(x, (HIDDEN,), weight, 1e-6)


def rotate(x, cos, sin):
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-high, low), dim=-1) * sin


class Layer:
    def __init__(self, kept):
        def drawn(*shape):
            return torch.randn(shape, device="cuda", dtype=torch.float16) * 0.02

        self.qkv = drawn((HEADS + 2 * KEY_HEADS) * WIDTH, HIDDEN)
        self.out, self.gate_up, self.down = drawn(HIDDEN, HIDDEN), drawn(2 * INTERMEDIATE, HIDDEN), drawn(HIDDEN, INTERMEDIATE)
        self.first, self.second = drawn(HIDDEN) + 1, drawn(HIDDEN) + 1
        self.keys, self.values = drawn(SEQUENCES, KEY_HEADS, kept + 1, WIDTH), drawn(SEQUENCES, KEY_HEADS, kept + 1, WIDTH)

    def __call__(self, x, cos, sin):
        q, k, v = F.linear(norm(x, self.first), self.qkv).split((HIDDEN, KEY_HEADS * WIDTH, KEY_HEADS * WIDTH), dim=-1)
        q = rotate(q.view(SEQUENCES, HEADS, 1, WIDTH), cos, sin)
        self.keys[:, :, -1:] = rotate(k.view(SEQUENCES, KEY_HEADS, 1, WIDTH), cos, sin)
        self.values[:, :, -1:] = v.view(SEQUENCES, KEY_HEADS, 1, WIDTH)
        seen = F.scaled_dot_product_attention(q, self.keys, self.values, enable_gqa=True)
        x = x + F.linear(seen.reshape(SEQUENCES, HIDDEN), self.out)
        gate, up = F.linear(norm(x, self.second), self.gate_up).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, self.down)


def measure(kept):
    layers = [Layer(kept) for _ in range(DEPTH)]
    x = torch.randn(SEQUENCES, HIDDEN, device="cuda", dtype=torch.float16)
    cos = sin = torch.randn(WIDTH, device="cuda", dtype=torch.float16)

    def step(x):
        for layer in layers:
            x = layer(x, cos, sin)
        return x

    compiled = torch.compile(step, dynamic=False)
    result = {}
    for name, run in (("eager", step), ("compiled", compiled)):
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for _ in range(3):
                run(x)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            run(x)
        times = []
        for _ in range(40):
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            graph.replay()
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end))
        result[name + "_graph_ms"] = round(statistics.median(times[10:]), 4)
    return result


with torch.inference_mode():
    print(json.dumps({"torch": torch.__version__, **{f"kept {kept}": measure(kept) for kept in (1000, 4000)}}))
