"""The kernels that are built: tiles, definitions, launch shapes."""
from dataclasses import dataclass, field

HIDDEN, HEADS, HEAD_DIM, FFN, LAYERS = 768, 12, 64, 3072, 12
# The four products of a BERT-base layer: columns, k, epilogue.
SHAPES = {
    "qkv": (3 * HIDDEN, HIDDEN, "ONLY"),
    "out": (HIDDEN, HIDDEN, "RESIDUAL"),
    "ffn1": (FFN, HIDDEN, "GELU"),
    "ffn2": (HIDDEN, FFN, "RESIDUAL"),
}
# tile: (rows, columns, rows of a warp, columns of a warp, stages, blocks a multiprocessor)
MMA_TILES = {
    "256x128": (256, 128, 64, 64, 3, 1),
    "128x128": (128, 128, 64, 64, 3, 2),
    "128x64": (128, 64, 64, 32, 3, 3),
    "64x128": (64, 128, 32, 64, 3, 3),
    "64x64": (64, 64, 32, 32, 4, 3),
}
# tile, with the cluster's rows x columns of tiles: (rows, columns, stages, blocks a multiprocessor, cluster, steps left under way, stays)
# s: a deep ring for a grid of one block a multiprocessor; w0: a stage is left as soon as its own products are done; p: blocks stay and
# take tile after tile.
WGMMA_TILES = {
    "128x256": (128, 256, 4, 1, (1, 1), 1, 0),
    "128x256p": (128, 256, 4, 1, (1, 1), 1, 1),
    "128x256p.2x1": (128, 256, 4, 1, (2, 1), 1, 1),
    "128x192": (128, 192, 5, 1, (1, 1), 1, 0),
    "128x192p": (128, 192, 5, 1, (1, 1), 1, 1),
    "256x128": (256, 128, 4, 1, (1, 1), 1, 0),
    "256x128p": (256, 128, 4, 1, (1, 1), 1, 1),
    "256x128p.1x2": (256, 128, 4, 1, (1, 2), 1, 1),
    "192x128": (192, 128, 5, 1, (1, 1), 1, 0),
    "192x128p": (192, 128, 5, 1, (1, 1), 1, 1),
    "128x128": (128, 128, 3, 2, (1, 1), 1, 0),
    "128x128w0.1x2": (128, 128, 3, 2, (1, 2), 0, 0),
    "128x128p": (128, 128, 3, 2, (1, 1), 1, 1),
    "128x128w0p": (128, 128, 3, 2, (1, 1), 0, 1),
    "128x128w0p.1x2": (128, 128, 3, 2, (1, 2), 0, 1),
    "128x128s6": (128, 128, 6, 1, (1, 1), 1, 0),
    "128x128s6.1x2": (128, 128, 6, 1, (1, 2), 1, 0),
    "128x96w0": (128, 96, 4, 2, (1, 1), 0, 0),
    "128x96w0.1x2": (128, 96, 4, 2, (1, 2), 0, 0),
    "128x96w0p.1x2": (128, 96, 4, 2, (1, 2), 0, 1),
    "128x64w0.1x2": (128, 64, 4, 2, (1, 2), 0, 0),
    "128x64s8": (128, 64, 8, 1, (1, 1), 1, 0),
    "64x128s8": (64, 128, 8, 1, (1, 1), 1, 0),
    "64x64": (64, 64, 4, 3, (1, 1), 1, 0),
}
FLOAT_TILES = {"128x128": (128, 128, 64, 32, 3, 2), "64x64": (64, 64, 32, 32, 3, 3)}
# family: (warps, query rows of a warp, keys at a time, whole sequence in one block, stages, blocks a multiprocessor)
ATTENTION = {
    "whole64": (4, 16, 64, 1, 2, 4),
    "whole128": (8, 16, 128, 1, 2, 2),
    "stream64": (4, 16, 64, 0, 3, 3),
    "stream128": (4, 32, 64, 0, 3, 2),
}


@dataclass(frozen=True)
class Kernel:
    name: str
    file: str
    entry: str
    arch: str
    threads: int
    shared: int  # dynamic, bytes
    defines: dict = field(hash=False)
    info: tuple = ()


def gemm(sizes, element="f16", tile="128x128", instruction="mma", arch="sm_90"):
    """sizes: one of SHAPES or (columns, k, epilogue). instruction: mma, wgmma (sm_90a) or fma (element float)."""
    n, k, epilogue = SHAPES.get(sizes, sizes) if isinstance(sizes, str) else sizes
    defines = {"GEMM_N": n, "GEMM_K": k, f"EPILOGUE_BIAS_{epilogue}": 1}
    name = f"gemm.{n}x{k}.{epilogue.lower()}.{element}.{instruction}.{tile}"
    if instruction == "wgmma":
        m, columns, stages, blocks, (cluster_m, cluster_n), under_way, stays = WGMMA_TILES[tile]
        # Four consuming warpgroups leave 96 registers a thread, 64 of them accumulators here.
        crowded = columns == 128 and m * blocks >= 256 and (epilogue == "RESIDUAL" or cluster_m * cluster_n > 1)
        defines |= {"ELEMENT": element, "TILE_M": m, "TILE_N": columns, "STAGES": stages, "BLOCKS": blocks, "CLUSTER_M": cluster_m,
                    "CLUSTER_N": cluster_n, "UNDER_WAY": under_way, "FETCHED": 1 if crowded or columns == 96 else 2}
        return Kernel(name, "gemm_sm90.cu", "gemm_sm90", "sm_90a", m * 2 + 32, stages * (m + columns) * 128, defines,
                      (m, columns, n, k, cluster_m, cluster_n, blocks if stays else 0))
    m, columns, warp_m, warp_n, stages, blocks = (FLOAT_TILES if instruction == "fma" else MMA_TILES)[tile]
    defines |= {"ELEMENT": element, "TILE_M": m, "TILE_N": columns, "WARP_M": warp_m, "WARP_N": warp_n, "STAGES": stages, "BLOCKS": blocks}
    threads = 32 * (m // warp_m) * (columns // warp_n)
    return Kernel(name, "gemm.cu", "product", arch, threads, stages * (m + columns) * 128, defines, (m, columns, n, k))


def attention(family, element="f16", arch="sm_90", heads=HEADS, head_dim=HEAD_DIM):
    warps, rows, keys, whole, stages, blocks = ATTENTION[family]
    if head_dim > 64:
        blocks = max(1, blocks // 2)
    defines = {"ELEMENT": element, "HEADS": heads, "HEAD_DIM": head_dim, "SCALE": f"{head_dim ** -0.5}f", "WARPS": warps,
               "WARP_Q": rows, "KEY_TILE": keys, "WHOLE": whole, "STAGES": stages, "BLOCKS": blocks}
    shared = (warps * rows + (2 if whole else 2 * stages) * keys) * head_dim * 2
    return Kernel(f"attention.{family}.{element}.{heads}x{head_dim}", "attention.cu", "context", arch, warps * 32, shared, defines,
                  (warps * rows, keys, whole))


def row(kind, element="f16", arch="sm_90", width=HIDDEN, rows=4):
    defines = {"ELEMENT": element, "WIDTH": width, "ROWS": rows, "EPSILON": "1e-12f", f"ROW_{kind.upper()}": 1}
    return Kernel(f"row.{kind}.{element}.{width}", "row.cu", "rows", arch, rows * 32, 0, defines, (rows,))


def pool(element="f16", arch="sm_90", width=HIDDEN, slots=32):
    return Kernel(f"pool.{element}.{width}", "segment.cu", "mean_pool", arch, slots * 8, 0,
                  {"ELEMENT": element, "WIDTH": width, "SLOTS": slots}, (width // 64,))
