"""Twelve layers of a BERT-base encoder on packed rows with our kernels, captured as one CUDA graph. Uses PyTorch for memory and graphs."""
import torch

import batch
import kernels as K

TYPES = {"f16": torch.float16, "bf16": torch.bfloat16}
SCALE = K.HEAD_DIM ** -0.5


def make_weights(element, layers=K.LAYERS, seed=42):
    """A list of dicts of tensors on the device: Linear weights [out, in], biases, norms; all rounded to the element."""
    generator = torch.Generator("cuda").manual_seed(seed)
    sizes = dict(qkv=(3 * K.HIDDEN, K.HIDDEN), out=(K.HIDDEN, K.HIDDEN), ffn1=(K.FFN, K.HIDDEN), ffn2=(K.HIDDEN, K.FFN))

    def normal(*shape, mean=0.0):
        return (torch.randn(*shape, generator=generator, device="cuda") * 0.02 + mean).to(TYPES[element])

    result = []
    for _ in range(layers):
        layer = {}
        for name, (n, k) in sizes.items():
            layer[name], layer[name + ".bias"] = normal(n, k), normal(n)
        for norm in ("norm1", "norm2"):
            layer[norm], layer[norm + ".bias"] = normal(K.HIDDEN, mean=1.0), normal(K.HIDDEN)
        result.append(layer)
    return result


class Plan:
    """How one batch runs: a kernel for each product, attention families, buffers for its capacity."""

    def __init__(self, runner, weights, lengths, element, tiles, families, residual_in_gemm=True):
        """tiles: product -> (tile, instruction); families: longest length -> family, 0 for streamed."""
        self.runner, self.lengths, self.element = runner, lengths, element
        self.offsets = batch.offsets_of(lengths)
        self.tokens = self.offsets[-1]
        self.capacity = batch.round_up(self.tokens, 256)
        self.residual_in_gemm = residual_in_gemm
        self.gemms = {}
        for name, (tile, instruction) in tiles.items():
            n, k, epilogue = K.SHAPES[name]
            self.gemms[name] = K.gemm((n, k, epilogue), element, tile, instruction)
        self.norm = K.row("norm", element)
        order = {n: torch.tensor(batch.packed_rows(n), device="cuda") for n in {K.SHAPES[s][0] for s in K.SHAPES}}
        self.weights = [{name: t[order[t.shape[0]]].contiguous() if t.dim() == 2 else t for name, t in layer.items()}
                        for layer in weights]
        empty = lambda *shape: torch.zeros(*shape, dtype=TYPES[element], device="cuda")
        self.x, self.mid, self.sum, self.context = (empty(self.capacity, K.HIDDEN) for _ in range(4))
        self.hidden, self.qkv = empty(self.capacity, K.FFN), empty(self.capacity, 3 * K.HIDDEN)
        self.count = torch.tensor([self.tokens], dtype=torch.int32, device="cuda")
        self.attention = []
        for limit, sequences in sorted(batch.families(lengths, [f for f in families if f]).items()):
            kernel = K.attention(families[limit], element)
            items = batch.work_list(lengths, self.offsets, sequences, kernel.info[0])
            self.attention.append((kernel, torch.tensor(items, dtype=torch.int32, device="cuda"),
                                   torch.tensor([len(items)], dtype=torch.int32, device="cuda"), len(items)))

    @staticmethod
    def kernels(element, tiles, families):
        """Every kernel such a plan can need."""
        return ([K.gemm(name, element, *choice) for name, choice in tiles.items()] + [K.row("norm", element)]
                + [K.attention(f, element) for f in families.values()])

    def gemm(self, name, layer, a, residual, out, **how):
        weights = self.weights[layer]
        self.runner.gemm(self.gemms[name], a.data_ptr(), weights[name].data_ptr(), weights[name + ".bias"].data_ptr(),
                         residual.data_ptr() if residual is not None else 0, out.data_ptr(), self.count.data_ptr(),
                         self.capacity, self.capacity, **how)

    def attend(self, **how):
        for kernel, work, count, items in self.attention:
            self.runner.attention(kernel, self.qkv.data_ptr(), self.context.data_ptr(), work.data_ptr(), count.data_ptr(), items, **how)

    def normalise(self, name, layer, source, out, **how):
        weights = self.weights[layer]
        self.runner.rows(self.norm, source.data_ptr(), 0, 0, 0, weights[name].data_ptr(), weights[name + ".bias"].data_ptr(),
                         out.data_ptr(), self.count.data_ptr(), self.capacity, self.capacity, **how)

    def layer(self, i, **how):
        """Seven launches, eight where two attention families are present."""
        self.gemm("qkv", i, self.x, None, self.qkv, **how)
        self.attend(**how)
        self.gemm("out", i, self.context, self.x, self.sum, **how)
        self.normalise("norm1", i, self.sum, self.mid, **how)
        self.gemm("ffn1", i, self.mid, None, self.hidden, **how)
        self.gemm("ffn2", i, self.hidden, self.mid, self.sum, **how)
        self.normalise("norm2", i, self.sum, self.x, **how)

    def forward(self, overlap=True):
        stream = torch.cuda.current_stream().cuda_stream
        for i in range(len(self.weights)):
            self.layer(i, stream=stream, overlap=overlap)

    def run(self, packed):
        """[tokens, hidden] through the layers, without a graph."""
        self.x[:self.tokens] = packed
        self.forward()
        torch.cuda.synchronize()
        return self.x[:self.tokens].clone()


def reference(weights, packed, lengths):
    """The same in float64, sequence by sequence."""
    f = torch.nn.functional
    weights = [{name: t.double() for name, t in layer.items()} for layer in weights]
    offsets, results = batch.offsets_of(lengths), []
    for a, b in zip(offsets, offsets[1:]):
        x = packed[a:b].double()
        for w in weights:
            linear = lambda name, value: f.linear(value, w[name], w[name + ".bias"])
            norm = lambda name, value: f.layer_norm(value, (K.HIDDEN,), w[name], w[name + ".bias"], 1e-12)
            q, k, v = linear("qkv", x).view(b - a, 3, K.HEADS, K.HEAD_DIM).permute(1, 2, 0, 3)
            p = torch.softmax(q @ k.transpose(1, 2) * SCALE, -1)
            x = norm("norm1", x + linear("out", (p @ v).transpose(0, 1).reshape(b - a, K.HIDDEN)))
            x = norm("norm2", x + linear("ffn2", f.gelu(linear("ffn1", x))))
        results.append(x)
    return torch.cat(results)
