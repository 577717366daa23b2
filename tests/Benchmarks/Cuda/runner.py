"""Kernels as calls: builds them once into a folder of cubins, loads and launches them with their grids."""
import json
import multiprocessing
import os
import time
from pathlib import Path

import nvrtc
from batch import round_up
from driver import Device, c_int, pointer


def _build(job):
    folder, kernel = job
    started = time.perf_counter()
    try:
        cubin, log = nvrtc.compile_kernel(kernel.file, kernel.defines, kernel.arch, strict=False)
    except nvrtc.CompileError as error:
        return kernel.name, str(error), "", 0
    (Path(folder) / f"{kernel.name}.cubin").write_bytes(cubin)
    return kernel.name, None, log, time.perf_counter() - started


def build(kernels, folder):
    """Compiles all in parallel; ({name: seconds}, {name: warnings}). Raises with every message if one fails."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    unique = {kernel.name: kernel for kernel in kernels}
    with multiprocessing.Pool(os.cpu_count()) as pool:
        results = pool.map(_build, [(str(folder), kernel) for kernel in unique.values()], chunksize=1)
    failed = [f"{name}: {message}" for name, message, _, _ in results if message]
    if failed:
        raise nvrtc.CompileError("\n".join(failed))
    return {name: round(seconds, 2) for name, _, _, seconds in results}, {name: log for name, _, log, _ in results if log}


class Runner:
    """Launches on addresses of device memory. rowCount, workCount and the like are addresses of one int."""

    def __init__(self, folder):
        self.device, self.folder = Device(), Path(folder)
        self.functions, self.maps = {}, {}

    def function(self, kernel):
        if kernel.name not in self.functions:
            cubin = (self.folder / f"{kernel.name}.cubin").read_bytes()
            self.functions[kernel.name] = self.device.load(kernel, cubin)
        return self.functions[kernel.name][0]

    def facts(self, kernel):
        self.function(kernel)
        return dict(registers=self.functions[kernel.name][1], local_bytes=self.functions[kernel.name][2], shared=kernel.shared)

    def _map(self, address, rows, columns, box, element):
        key = (address, rows, columns, box, element)
        if key not in self.maps:
            self.maps[key] = self.device.tensor_map(address, rows, columns, box, element)
        return self.maps[key]

    def gemm(self, kernel, a, w, bias, residual, out, row_count, rows, capacity, **how):
        tile_m, tile_n, n, k, *wide = kernel.info
        grid = (-(-rows // tile_m), -(-n // tile_n))
        rest = [pointer(bias), pointer(residual), pointer(out), pointer(row_count)]
        if kernel.file == "gemm_sm90.cu":
            element = kernel.defines["ELEMENT"]
            *cluster, stays = wide
            blocks = round_up(grid[0], cluster[0]) * round_up(grid[1], cluster[1])
            together = self.device.multiprocessors * stays // (cluster[0] * cluster[1]) * (cluster[0] * cluster[1])
            grid = (min(blocks, together) if stays else blocks,)
            first = [self._map(a, capacity, k, tile_m // cluster[1], element),
                     self._map(w, round_up(n, 32), k, tile_n // cluster[0], element)]
        else:
            first = [pointer(a), pointer(w)]
        self.device.launch(self.function(kernel), kernel, grid, first + rest, **how)

    def attention(self, kernel, projected, out, work, work_count, items, **how):
        """projected [rows, 3 * heads * headDim]: the columns of q, then of k, then of v."""
        arguments = [pointer(p) for p in (projected, out, work, work_count)]
        self.device.launch(self.function(kernel), kernel, (kernel.defines["HEADS"], items), arguments, **how)

    def rows(self, kernel, a, b, types, ids, gamma, beta, out, row_count, rows, capacity, **how):
        arguments = [pointer(p) for p in (a, b, types, ids, gamma, beta, out, row_count)] + [c_int(capacity)]
        self.device.launch(self.function(kernel), kernel, (-(-rows // kernel.info[0]),), arguments, **how)

    def pool(self, kernel, values, offsets, out, count, sequences, **how):
        self.device.launch(self.function(kernel), kernel, (kernel.info[0], sequences),
                           [pointer(p) for p in (values, offsets, out, count)], **how)


def write_json(path, value):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(value, indent=1) + "\n")
