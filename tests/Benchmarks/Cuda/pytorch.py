"""PyTorch alone on the workloads of batch.py, as JSON on standard output: what tests/gpu.sh sets beside the generated programs."""
import json
import sys

import torch

import batch
import kernels as K
import peers
from encoder import make_weights, reference
from timing import eager_time, graph_time

CONTENDERS = {"packed varlen": peers.Packed, "padded": peers.Padded, "TransformerEncoder": peers.FastPath}
LIMITS = {"f16": 4e-3, "bf16": 3e-2}  # a peer that computes something else is no peer


def measure(element, lengths, weights):
    packed = torch.randn(sum(lengths), K.HIDDEN, device="cuda").to(weights[0]["qkv"].dtype)
    expected = reference(weights, packed, lengths)
    flops = sum(K.LAYERS * (n * 2.0 * 12 * K.HIDDEN ** 2 + 4.0 * n * n * K.HIDDEN) for n in lengths)
    entries = {}
    for label, peer in CONTENDERS.items():
        try:
            with torch.inference_mode():
                contender = peer(weights, lengths, element, False)
                contender.load(packed)
                result = contender.unpack(contender.forward()).double()
                error = ((result - expected).norm() / expected.norm()).item()
                eager = peer is peers.FastPath  # it cannot be captured: what it takes has the host's share in it
                median, least = (eager_time if eager else graph_time)(contender.forward)
            entries[label] = dict(timed="eager" if eager else "graph replay", milliseconds=round(median, 4), least=round(least, 4), error=error,
                                  comparable=error <= LIMITS[element], useful_tflops=round(flops / median / 1e9, 1))
        except Exception as problem:  # a peer that cannot run is reported, and the others are measured
            entries[label] = dict(failed=f"{type(problem).__name__}: {str(problem)[:300]}")
    return dict(tokens=sum(lengths), padded=len(lengths) * max(lengths), entries=entries)


def main():
    torch.manual_seed(3)
    results = dict(torch=torch.__version__, cuda=torch.version.cuda)
    for element in ("f16", "bf16"):
        weights = make_weights(element)
        for name, lengths in batch.WORKLOADS.items():
            results[f"{name} {element}"] = measure(element, lengths, weights)
            print(element, name, results[f"{name} {element}"], file=sys.stderr)
    json.dump(results, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
