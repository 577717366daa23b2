"""Builds, checks and measures the anchor kernels on the machine's GPU; README.md says what for.

    python run.py all --out results --steps build,check,model,gemm,attention,rows,forward,sanitize
    python run.py build            needs no GPU
Each step runs in a process of its own, so that one that fails or hangs leaves the others; <out>/results.json holds what all of them found.
"""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import kernels as K
from runner import Runner, build, write_json

HERE = Path(__file__).resolve().parent
VARIANTS = [(t, "mma") for t in K.MMA_TILES] + [(t, "wgmma") for t in K.WGMMA_TILES]
MIXES = {"whole64 + whole128 + stream64": {64: "whole64", 128: "whole128", 0: "stream64"}, "stream64": {0: "stream64"},
         "stream128": {0: "stream128"}, "whole64 + stream64": {64: "whole64", 0: "stream64"}}
MIX = "stream64"
DEFAULT_TILES = {"qkv": ("128x128", "wgmma"), "out": ("128x64s8", "wgmma"), "ffn1": ("128x128", "wgmma"),
                 "ffn2": ("128x128s6", "wgmma")}
PARALLEL = ["check", "model"]  # steps whose results do not depend on having the GPU alone


def all_kernels():
    import checks
    kernels = [kernel for small in (False, True) for check in checks.all_checks(small) for kernel in checks.kernels_of(*check)]
    kernels += [K.gemm(name, element, *variant) for name in K.SHAPES for element in ("f16", "bf16") for variant in VARIANTS]
    kernels += [K.attention(family, element) for family in K.ATTENTION for element in ("f16", "bf16")]
    kernels += [K.row(kind, element) for kind in ("norm", "residual", "embeddings") for element in ("f16", "bf16")]
    return kernels + [K.pool(element) for element in ("f16", "bf16")]


def step_build(options):
    started = time.perf_counter()
    seconds, warnings = build(all_kernels(), options.folder)
    print(f"built {len(seconds)} kernels in {time.perf_counter() - started:.1f} s; warnings: {warnings}")
    return dict(kernels=len(seconds), seconds=round(time.perf_counter() - started, 1), slowest=max(seconds.values()), warnings=warnings)


def step_check(options, small=False):
    import checks
    runner, records = Runner(options.folder), []
    for function, arguments in checks.all_checks(small):
        records += function(runner, *arguments)
        write_json(Path(options.parts) / f"{options.step}.json", records)  # what is known if a later kernel hangs
    failed = [r for r in records if not r["ok"]]
    different = [r["what"] for r in records if not r.get("same_bits_as_first", True)]
    for r in failed:
        print("FAILED", {k: v for k, v in r.items() if k != "lengths"})
    print(f"checked {len(records)}: {len(failed)} failed; bits unlike the first variant's: {len(different)} {different[:8]}")
    worst = {}
    for r in records:
        key = ".".join(p for p in r["what"].split(".") if p in ("gemm", "attention", "row", "pool", "f16", "bf16", "tf32", "float"))
        worst[key] = max(worst.get(key, 0), r["error"])
    print("worst errors", {k: f"{v:.1e}" for k, v in sorted(worst.items())})
    return dict(ok=not failed, checks=len(records), failed=failed, bits_unlike_the_first_variant=different, worst_errors=worst)


def step_model(options):
    """Whole forward against float64; sequences of two different batches bit for bit."""
    import torch
    import batch
    from encoder import Plan, make_weights, reference
    torch.manual_seed(7)
    runner, records = Runner(options.folder), []
    for element in ("f16", "bf16"):
        weights = make_weights(element)
        for name, tiles in {"wgmma": DEFAULT_TILES, "mma": {n: ("128x128", "mma") for n in K.SHAPES}}.items():
            for mix in MIXES:
                lengths = [300, 1, 64, 65, 128, 17, 129, 63, 33]
                packed = torch.randn(sum(lengths), K.HIDDEN, device="cuda").to(weights[0]["qkv"].dtype)
                offsets = batch.offsets_of(lengths)
                ours = Plan(runner, weights, lengths, element, tiles, MIXES[mix]).run(packed)
                expected = reference(weights, packed, lengths)
                error = ((ours.double() - expected).norm() / expected.norm()).item()
                chosen = [5, 0, 3, 2, 7]
                other = Plan(runner, weights, [lengths[i] for i in chosen], element, tiles, MIXES[mix]).run(
                    torch.cat([packed[offsets[i]:offsets[i + 1]] for i in chosen]))
                same = torch.equal(other, torch.cat([ours[offsets[i]:offsets[i + 1]] for i in chosen]))
                limit = 4e-3 if element == "f16" else 3e-2
                records.append(dict(what=f"12 layers {element} {name} {mix}", error=error, limit=limit, same_bits_in_other_batches=same,
                                    ok=bool(error < limit and same)))
                print(records[-1])
    return dict(ok=all(r["ok"] for r in records), records=records)


def step_gemm(options):
    import batch
    from timing import time_gemms
    runner, results = Runner(options.folder), {}
    for name, lengths in batch.WORKLOADS.items():
        results[name] = dict(rows=sum(lengths), f16=time_gemms(runner, "f16", VARIANTS, sum(lengths)))
        for shape, r in results[name]["f16"].items():
            best = sorted((t, v) for v, t in r["microseconds"].items() if v != "library")[:3]
            mma = min((t, v) for v, t in r["microseconds"].items() if v.startswith("mma"))
            print(name, sum(lengths), shape, "best", [(v, t, r["tflops"][v]) for t, v in best], "mma", mma,
                  "library", r["microseconds"]["library"], r["tflops"]["library"])
        write_json(Path(options.parts) / "gemm.json", dict(result=results))  # what is known if a later kernel hangs
    rows = sum(batch.WORKLOADS["b16_max512"])
    results["bf16"] = time_gemms(runner, "bf16", [("128x128", "mma"), ("128x128", "wgmma"), ("256x128", "wgmma")], rows)
    results["float"] = time_gemms(runner, "float", [("128x128", "fma"), ("64x64", "fma")], rows, rounds=1)
    results["tf32"] = time_gemms(runner, "tf32", [("128x64", "mma"), ("64x64", "mma")], rows, rounds=1)
    for element in ("bf16", "float", "tf32"):
        print(element, {shape: r["tflops"] for shape, r in results[element].items()})
    results["facts"] = {k.name: runner.facts(k) for k in (K.gemm("ffn1", "f16", *v) for v in VARIANTS)}
    return results


def step_attention(options):
    import batch
    from timing import time_attention
    runner, results = Runner(options.folder), {}
    workloads = dict(batch.WORKLOADS, b16_all512=[512] * 16, b64_max64=batch.draw(64, 64), b8_all2048=[2048] * 8)
    for name, lengths in workloads.items():
        results[name] = time_attention(runner, "f16", lengths, MIXES)
        print(name, results[name])
    return results


def step_rows(options):
    import batch
    from timing import time_rows
    runner, results = Runner(options.folder), {}
    for name, lengths in dict(batch.WORKLOADS, b64_all512=[512] * 64).items():
        results[name] = time_rows(runner, "f16", lengths)
        print(name, results[name])
    return results


def chosen_tiles(options, name, instruction=""):
    """The fastest measured variant of each product in this run, else the default."""
    path = Path(options.parts) / "gemm.json"
    if not path.exists():
        return DEFAULT_TILES
    measured = json.loads(path.read_text())["result"][name]["f16"]
    result = {}
    for shape, r in measured.items():
        best = min((t, v) for v, t in r["microseconds"].items() if v != "library" and v.startswith(instruction))[1]
        result[shape] = tuple(best.split(".", 1)[::-1])
    return result


def step_forward(options):
    import torch
    import batch
    import peers
    from encoder import Plan, make_weights, reference
    from timing import eager_time, graph_time
    runner, results = Runner(options.folder), {}
    torch.manual_seed(3)
    for element in ("f16", "bf16"):
        weights = make_weights(element)
        for name, lengths in batch.WORKLOADS.items():
            if element == "bf16" and name != "b16_max256":
                continue
            packed = torch.randn(sum(lengths), K.HIDDEN, device="cuda").to(weights[0]["qkv"].dtype)
            expected = reference(weights, packed, lengths)
            error_of = lambda x: ((x.double() - expected).norm() / expected.norm()).item()
            flops = sum(K.LAYERS * (n * 2.0 * 12 * K.HIDDEN ** 2 + 4.0 * n * n * K.HIDDEN) for n in lengths)
            entries = {}

            def enter(what, times, error, **more):
                entries[what] = dict(milliseconds=round(times[0], 4), least=round(times[1], 4), error=error,
                                     tokens_per_second=round(sum(lengths) / times[0] * 1e3),
                                     useful_tflops=round(flops / times[0] / 1e9, 1), **more)
                print(element, name, what, entries[what])

            tiles = chosen_tiles(options, name)
            for label, choice, families, overlap in (
                    ("ours", tiles, MIXES[MIX], True), ("ours, stream128", tiles, MIXES["stream128"], True),
                    ("ours, no overlap of launches", tiles, MIXES[MIX], False),
                    ("ours, mma.sync", chosen_tiles(options, name, "mma"), MIXES[MIX], True)):
                plan = Plan(runner, weights, lengths, element, choice, families)
                error = error_of(plan.run(packed))
                enter(label, graph_time(lambda: plan.forward(overlap)), error, tiles=choice)
            for label, peer, compiled in (("torch packed varlen", peers.Packed, False), ("torch padded", peers.Padded, False),
                                          ("torch packed varlen, compiled", peers.Packed, True),
                                          ("torch padded, compiled", peers.Padded, True),
                                          ("torch TransformerEncoder", peers.FastPath, None)):
                if compiled and not options.compile:
                    continue
                try:
                    with torch.inference_mode():
                        contender = peer(weights, lengths, element, compiled)
                        contender.load(packed)
                        error = error_of(contender.unpack(contender.forward()))
                        enter(label, (eager_time if compiled is None else graph_time)(contender.forward), error)
                except Exception as problem:  # a peer that cannot run is reported, and the others are measured
                    entries[label] = dict(failed=f"{type(problem).__name__}: {str(problem)[:300]}")
                    print(element, name, label, entries[label])
            results[f"{element} {name}"] = dict(tokens=sum(lengths), padded=len(lengths) * max(lengths), entries=entries)
    return results


def step_sanitize(options):
    """compute-sanitizer over the small checks, its tools side by side."""
    started, running, results = time.perf_counter(), {}, {}
    for tool in ("memcheck", "racecheck", "synccheck"):
        command = ["compute-sanitizer", "--tool", tool, sys.executable, str(HERE / "run.py"), "small", "--folder", options.folder,
                   "--parts", f"{options.parts}/{tool}"]
        running[tool] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for tool, process in running.items():
        try:
            text, _ = process.communicate(timeout=max(1, options.limit - 5 - (time.perf_counter() - started)))
        except subprocess.TimeoutExpired:
            process.kill()
            text = process.communicate()[0] + "\nstopped: over the time limit"
        lines = [line.strip("= ") for line in text.splitlines() if line.strip("= ")]
        results[tool] = dict(status=process.returncode, seconds=round(time.perf_counter() - started, 1), first=lines[:12], last=lines[-4:])
        print(tool, results[tool])
    return results


def step_small(options):
    return step_check(options, small=True)


def step_machine(options):
    import torch
    properties = torch.cuda.get_device_properties(0)
    query = subprocess.run(["nvidia-smi", "--query-gpu=name,driver_version,clocks.sm,clocks.mem,clocks.max.sm,power.limit",
                            "--format=csv,noheader"], capture_output=True, text=True).stdout.strip()
    import nvrtc
    result = dict(query=query, multiprocessors=properties.multi_processor_count, torch=torch.__version__, cuda=torch.version.cuda,
                  nvrtc=nvrtc.find_library()[1], date=time.strftime("%Y-%m-%d"))
    print(result)
    return result


LIMITS = {"forward": 3}  # times the limit of a step


def spawn(step, options):
    command = [sys.executable, str(HERE / "run.py"), step, "--folder", options.folder, "--parts", options.parts,
               "--limit", str(options.limit)]
    if options.compile:
        command.append("--compile")
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def finish(step, process, options, started):
    limit = options.limit * LIMITS.get(step, 1)
    try:
        text, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        text = process.communicate()[0] + f"\nstopped after {limit} s"
    print(f"=== {step}: status {process.returncode}, {time.perf_counter() - started:.1f} s\n{text[-3000:]}", flush=True)
    parts = {path.stem: json.loads(path.read_text()) for path in sorted(Path(options.parts).glob("*.json"))}
    write_json(Path(options.out) / "results.json", dict(command=" ".join(sys.argv), **parts))


def run_all(options):
    waiting, started = {}, time.perf_counter()
    for step in options.steps.split(","):
        if step in PARALLEL:
            waiting[step] = spawn(step, options)
            continue
        for other in list(waiting):
            finish(other, waiting.pop(other), options, started)
        finish(step, spawn(step, options), options, started)
    for other in waiting:
        finish(other, waiting[other], options, started)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("step")
    parser.add_argument("--steps", default="machine,build,check,model,gemm,attention,rows,forward,sanitize")
    parser.add_argument("--out", default="results", help="where `all` leaves results.json")
    parser.add_argument("--parts", default="/tmp/kernelforge-parts", help="where each step leaves its own results")
    parser.add_argument("--folder", default="/tmp/kernelforge-cubins")
    parser.add_argument("--limit", type=int, default=120, help="seconds a step may take")
    parser.add_argument("--compile", action="store_true", help="torch.compile peers too: some minutes")
    chosen = parser.parse_args()
    os.makedirs(chosen.parts, exist_ok=True)
    if chosen.step == "all":
        run_all(chosen)
    else:
        began = time.perf_counter()
        value = globals()[f"step_{chosen.step}"](chosen)
        write_json(Path(chosen.parts) / f"{chosen.step}.json",
                   dict(seconds=round(time.perf_counter() - began, 1), result=value))
