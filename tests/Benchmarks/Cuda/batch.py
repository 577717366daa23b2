"""What the host prepares: lengths of the workloads, packed weights, work lists."""
MASK = (1 << 64) - 1


def _mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def _random(seed, i):
    return _mix((seed + (i + 1) * 0x9E3779B97F4A7C15) & MASK)


def draw(longest, count=16):
    """Lengths uniform in [0.2 longest, longest], as the CPU peers draw them."""
    low = (longest + 4) // 5
    return [low + ((_random(42, i) >> 32) * (longest - low + 1) >> 32) for i in range(count)]


WORKLOADS = {"b16_max128": draw(128), "b16_max256": draw(256), "b16_max512": draw(512)}


def offsets_of(lengths):
    offsets = [0]
    for length in lengths:
        offsets.append(offsets[-1] + length)
    return offsets


def round_up(value, multiple):
    return -(-value // multiple) * multiple


def packed_rows(columns):
    """For each row of a packed weight the layer's column it holds, -1 for none: 8 t + 2 j + e at row 8 j + 2 t + e of each 32."""
    order = []
    for row in range(round_up(columns, 32)):
        j, t, e = row % 32 // 8, row % 8 // 2, row % 2
        column = row // 32 * 32 + 8 * t + 2 * j + e
        order.append(column if column < columns else -1)
    return order


def families(lengths, whole_limits):
    """Sequence numbers by attention family, each from the sequence's own length: (limit or 0 for streamed) -> sequences."""
    result = {}
    for number, length in enumerate(lengths):
        limit = next((limit for limit in sorted(whole_limits) if 0 < length <= limit), 0)
        if length > 0:
            result.setdefault(limit, []).append(number)
    return result


def work_list(lengths, offsets, sequences, queries):
    """A WorkItem for each tile of `queries` rows, longest sequences first; queries and keys are the same rows."""
    items = []
    for number in sorted(sequences, key=lambda n: -lengths[n]):
        start, length = offsets[number], lengths[number]
        items += [(start, length, start, length, first, 0, 0, 0) for first in range(0, length, queries)]
    return items
