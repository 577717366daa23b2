"""Every kernel against float64, without PyTorch, so that compute-sanitizer can run the same on small sizes.

A check returns a list of records; a record holds what was run, its error ‖out - ref‖ / ‖ref‖, the tolerance, and `ok`.
"""
import math

import numpy as np

import batch
import kernels as K
from driver import BYTES

TOLERANCE = {"f16": 6e-4, "bf16": 5e-3, "tf32": 6e-4, "float": 2e-6}


def to_bits(values, element):
    """Float32 values rounded to the element, as the array that lies in memory."""
    values = np.ascontiguousarray(values, np.float32)
    if element == "f16":
        return values.astype(np.float16)
    if element == "bf16":
        bits = values.view(np.uint32)
        return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
    return values


def to_float64(array, element):
    if element == "bf16":
        return (array.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return array.astype(np.float64)


class Memory:
    """Arrays to the device and back."""

    def __init__(self, device):
        self.device = device

    def put(self, array):
        array = np.ascontiguousarray(array)
        address = self.device.allocate(max(16, array.nbytes))
        self.device.upload(address, array)
        return address

    def values(self, values, element):
        """(address, the float64 that the device sees)."""
        bits = to_bits(values, element)
        return self.put(bits), to_float64(bits, element)

    def poisoned(self, shape, element):
        """Memory full of NaN."""
        kind = {2: np.uint16, 4: np.uint32}[BYTES[element]]
        return self.put(np.full(shape, np.iinfo(kind).max, kind))

    def get(self, address, shape, element):
        kind = {"f16": np.float16, "bf16": np.uint16}.get(element, np.float32)
        array = np.empty(shape, kind)
        self.device.synchronize()
        self.device.download(array, address)
        return array

    def integers(self, values):
        return self.put(np.array(values, np.int32))


def record(what, out, reference, element, untouched=True, **more):
    error = float(np.linalg.norm(out - reference) / np.linalg.norm(reference))
    largest = float(np.abs(out - reference).max())
    ok = bool(error < TOLERANCE[element]) and bool(untouched)
    return dict(what=what, error=error, largest=largest, tolerance=TOLERANCE[element], untouched=bool(untouched), ok=ok, **more)


def erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def pack(weight, columns):
    """The layer's weight [N, K] as a packed weight."""
    order = np.array(batch.packed_rows(columns))
    return np.where(order[:, None] >= 0, weight[np.maximum(order, 0)], 0)


def gemm(runner, sizes, element, variants, rows, seed=0):
    """variants: (tile, instruction). Also says which of them agree bit for bit with the first."""
    n, k, epilogue = K.SHAPES.get(sizes, sizes) if isinstance(sizes, str) else sizes
    random, memory = np.random.default_rng(seed), Memory(runner.device)
    capacity = batch.round_up(rows, 256)
    a_values = random.standard_normal((capacity, k))
    a, a64 = memory.values(a_values, element)
    w_bits = to_bits(random.standard_normal((n, k)) / math.sqrt(k), element)
    w = memory.put(pack(w_bits, n).astype(w_bits.dtype))
    bias, bias64 = memory.values(random.standard_normal(n), element)
    residual, residual64 = memory.values(random.standard_normal((capacity, n)), element)
    count = memory.integers([rows])
    reference = a64[:rows] @ to_float64(w_bits, element).T + bias64
    if epilogue == "GELU":
        reference = reference * 0.5 * (1 + erf(reference / math.sqrt(2)))
    if epilogue == "RESIDUAL":
        reference = reference + residual64[:rows]
    results, first = [], None
    for tile, instruction in variants:
        kernel = K.gemm(sizes, element, tile, instruction)
        out = memory.poisoned((capacity, n), element)
        runner.gemm(kernel, a, w, bias, residual, out, count, rows, capacity)
        raw = memory.get(out, (capacity, n), element)
        values = to_float64(raw, element)
        first = raw.tobytes() if first is None else first
        results.append(record(kernel.name, values[:rows], reference, element, np.isnan(values[rows:]).all(), rows=rows,
                              same_bits_as_first=raw.tobytes() == first))
    return results


def attention_reference(q, k, v, scale):
    s = np.einsum("ihd,jhd->hij", q, k) * scale
    p = np.exp(s - s.max(-1, keepdims=True))
    return np.einsum("hij,jhd->ihd", p / p.sum(-1, keepdims=True), v)


def run_attention(runner, memory, lengths, qkv_bits, family, element, heads, head_dim):
    """qkv_bits: [tokens, 3, heads, headDim] of this batch. Returns the raw output [tokens, heads * headDim] and whether the rest is NaN."""
    offsets = batch.offsets_of(lengths)
    tokens, capacity = offsets[-1], batch.round_up(offsets[-1], 64) + 64
    projected = memory.poisoned((capacity, 3, heads, head_dim), element)
    runner.device.upload(projected, np.ascontiguousarray(qkv_bits))
    out = memory.poisoned((capacity, heads * head_dim), element)
    kernel = K.attention(family, element, heads=heads, head_dim=head_dim)
    items = batch.work_list(lengths, offsets, range(len(lengths)), kernel.info[0])
    work, count = memory.integers(items), memory.integers([len(items)])
    # One surplus block a head: it must leave at once.
    runner.attention(kernel, projected, out, work, count, len(items) + 1)
    raw = memory.get(out, (capacity, heads * head_dim), element)
    return raw[:tokens], np.isnan(to_float64(raw[tokens:], element)).all()


def attention(runner, family, element, lengths, heads=K.HEADS, head_dim=K.HEAD_DIM, seed=0, spread=3.0):
    random, memory = np.random.default_rng(seed), Memory(runner.device)
    offsets = batch.offsets_of(lengths)
    bits = to_bits(random.standard_normal((offsets[-1], 3, heads, head_dim)) * np.array([spread, 1, 1]).reshape(3, 1, 1), element)
    q, k, v = to_float64(bits, element).transpose(1, 0, 2, 3)
    raw, untouched = run_attention(runner, memory, lengths, bits, family, element, heads, head_dim)
    reference = np.concatenate([attention_reference(q[a:b], k[a:b], v[a:b], head_dim ** -0.5)
                                for a, b in zip(offsets, offsets[1:]) if b > a]).reshape(offsets[-1], -1)
    # The same sequences in the reverse order, and one of them alone, must give the same bits.
    order = list(range(len(lengths)))[::-1]
    turned = np.concatenate([bits[offsets[i]:offsets[i + 1]] for i in order])
    again, _ = run_attention(runner, memory, [lengths[i] for i in order], turned, family, element, heads, head_dim)
    parts = [raw[offsets[i]:offsets[i + 1]].tobytes() for i in order]
    same = b"".join(parts) == again.tobytes()
    longest = int(np.argmax(lengths))
    alone, _ = run_attention(runner, memory, [lengths[longest]], bits[offsets[longest]:offsets[longest + 1]], family, element,
                             heads, head_dim)
    same = same and alone.tobytes() == raw[offsets[longest]:offsets[longest + 1]].tobytes()
    result = record(f"attention.{family}.{element}.{heads}x{head_dim}", to_float64(raw, element), reference, element, untouched,
                    lengths=list(lengths), same_bits_in_other_batches=same)
    result["ok"] = result["ok"] and same
    return [result]


def rows(runner, kind, element, count, width=K.HIDDEN, seed=0):
    random, memory = np.random.default_rng(seed), Memory(runner.device)
    capacity = count + 5
    a, a64 = memory.values(random.standard_normal((capacity, width)) * 2 + 0.5, element)
    b, b64 = memory.values(random.standard_normal((capacity, width)), element)
    types, types64 = memory.values(random.standard_normal((2, width)), element)
    gamma, gamma64 = memory.values(1 + 0.1 * random.standard_normal(width), element)
    beta, beta64 = memory.values(random.standard_normal(width), element)
    ids = np.stack([random.integers(0, capacity, capacity), random.integers(0, capacity, capacity), random.integers(0, 2, capacity)])
    kernel = K.row(kind, element, width=width)
    out = memory.poisoned((capacity, width), element)
    runner.rows(kernel, a, b, types, memory.integers(ids), gamma, beta, out, memory.integers([count]), capacity, capacity)
    x = {"norm": a64, "residual": a64 + b64, "embeddings": a64[ids[0]] + b64[ids[1]] + types64[ids[2]]}[kind]
    centred = x - x.mean(1, keepdims=True)
    reference = centred / np.sqrt((centred ** 2).mean(1, keepdims=True) + 1e-12) * gamma64 + beta64
    values = to_float64(memory.get(out, (capacity, width), element), element)
    return [record(kernel.name, values[:count], reference[:count], element, np.isnan(values[count:]).all(), rows=count)]


def pool(runner, element, lengths, width=K.HIDDEN, seed=0):
    random, memory = np.random.default_rng(seed), Memory(runner.device)
    offsets = batch.offsets_of(lengths)
    x, x64 = memory.values(random.standard_normal((offsets[-1], width)) + 0.3, element)
    kernel = K.pool(element, width=width)
    out = memory.poisoned((len(lengths) + 1, width), "float")
    runner.pool(kernel, x, memory.integers(offsets), out, memory.integers([len(lengths)]), len(lengths) + 1)
    values = memory.get(out, (len(lengths) + 1, width), "float").astype(np.float64)
    reference = np.stack([x64[a:b].mean(0) if b > a else np.zeros(width) for a, b in zip(offsets, offsets[1:])])
    return [record(kernel.name, values[:-1], reference, "float", np.isnan(values[-1]).all(), lengths=list(lengths))]


ODD = [(200, 200, "GELU"), (72, 1000, "RESIDUAL"), (264, 64, "RESIDUAL")]
CLUSTERS = ("64x64", "128x96w0", "128x64w0.1x2", "128x256p.2x1", "128x128w0p.1x2")
WHOLE, MIXED = [64, 1, 17, 33, 63, 16], [300, 1, 64, 65, 128, 17, 129, 63]
MMA, WGMMA = [(t, "mma") for t in K.MMA_TILES], [(t, "wgmma") for t in K.WGMMA_TILES]


def all_checks(small):
    """(function, arguments) of every check; small: sizes for compute-sanitizer."""
    odd = ODD[:1] if small else ODD
    yield from [(gemm, (sizes, element, [("64x64", "mma"), ("128x64", "mma")], 70)) for sizes in odd for element in ("f16", "bf16")]
    yield from [(gemm, (sizes, "tf32", [("64x64", "mma"), ("128x64", "mma")], 70)) for sizes in odd]
    yield from [(gemm, (sizes, "float", [("64x64", "fma"), ("128x128", "fma")], 70)) for sizes in odd]
    for element in ("f16",) if small else ("f16", "bf16"):
        yield attention, ("whole64", element, [64, 1, 17] if small else WHOLE)
        yield attention, ("whole128", element, [128, 70] if small else WHOLE + [128, 100, 70])
        yield attention, ("stream64", element, [65, 130] if small else MIXED + [513, 1000])
        yield attention, ("stream128", element, [65, 130] if small else MIXED + [513, 1000])
        for head_dim in (32, 128):
            yield attention, ("whole64", element, [64, 1, 17], 2, head_dim)
            yield attention, ("stream64", element, [65, 130, 1], 2, head_dim)
        for kind in ("embeddings", "residual", "norm"):
            yield rows, (kind, element, 13 if small else 1003)
        yield pool, (element, [3, 0, 40] if small else [3, 0, 40, 512, 1, 33])
    yield rows, ("residual", "float", 13)
    yield rows, ("norm", "bf16", 13, 384)
    yield pool, ("float", [3, 0, 40])
    yield from [(gemm, (sizes, element, [(t, "wgmma") for t in CLUSTERS], 70)) for sizes in odd for element in ("f16", "bf16")]
    if not small:
        for shape in K.SHAPES:
            for element in ("f16", "bf16"):
                yield gemm, (shape, element, MMA + WGMMA, 517)
            yield gemm, (shape, "float", [("128x128", "fma"), ("64x64", "fma")], 517)
            yield gemm, (shape, "tf32", [("128x64", "mma"), ("64x64", "mma")], 517)


def kernels_of(function, arguments):
    """The kernels that a check launches."""
    if function is gemm:
        sizes, element, variants, _ = arguments
        return [K.gemm(sizes, element, tile, instruction) for tile, instruction in variants]
    if function is attention:
        family, element, _, *heads = arguments
        return [K.attention(family, element, "sm_90", *heads)]
    if function is rows:
        kind, element, _, *width = arguments
        return [K.row(kind, element, "sm_90", *width)]
    return [K.pool(arguments[0])]
