"""What a user of PyTorch would run: the same layers padded with SDPA, packed with varlen flash attention, and nn.TransformerEncoder."""
import torch

import batch
import kernels as K
from encoder import SCALE, TYPES

F = torch.nn.functional
ORDER = [name + suffix for name in ("qkv", "out", "norm1", "ffn1", "ffn2", "norm2") for suffix in ("", ".bias")]


def _tail(x, context, w):
    (_, _, out, out_bias, g1, b1, ffn1, ffn1_bias, ffn2, ffn2_bias, g2, b2) = w
    x = F.layer_norm(x + F.linear(context, out, out_bias), (K.HIDDEN,), g1, b1, 1e-12)
    return F.layer_norm(x + F.linear(F.gelu(F.linear(x, ffn1, ffn1_bias)), ffn2, ffn2_bias), (K.HIDDEN,), g2, b2, 1e-12)


def padded_layer(x, mask, w):
    """x [sequences, longest, hidden], mask [sequences, 1, 1, longest] true where a key is real."""
    b, length, _ = x.shape
    q, k, v = F.linear(x, w[0], w[1]).view(b, length, 3, K.HEADS, K.HEAD_DIM).permute(2, 0, 3, 1, 4)
    context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=SCALE)
    return _tail(x, context.transpose(1, 2).reshape(b, length, K.HIDDEN), w)


def varlen_attention(q, k, v, offsets, longest):
    try:
        from torch.nn.attention.varlen import varlen_attn
        return varlen_attn(q, k, v, offsets, offsets, longest, longest)
    except (ImportError, TypeError):
        return torch.ops.aten._flash_attention_forward(q, k, v, offsets, offsets, longest, longest, 0.0, False, False)[0]


def packed_layer(x, offsets, longest, w):
    """x [tokens, hidden], offsets [sequences + 1]."""
    q, k, v = F.linear(x, w[0], w[1]).view(-1, 3, K.HEADS, K.HEAD_DIM).unbind(1)
    return _tail(x, varlen_attention(q, k, v, offsets, longest).reshape(-1, K.HIDDEN), w)


def layers_of(weights):
    return [[layer[name] for name in ORDER] for layer in weights]


class Padded:
    def __init__(self, weights, lengths, element, compiled):
        self.layers, self.lengths, longest = layers_of(weights), lengths, max(lengths)
        self.x = torch.zeros(len(lengths), longest, K.HIDDEN, dtype=TYPES[element], device="cuda")
        self.mask = (torch.arange(longest, device="cuda")[None] < torch.tensor(lengths, device="cuda")[:, None])[:, None, None]
        self.step = torch.compile(padded_layer, dynamic=False) if compiled else padded_layer

    def load(self, packed):
        for i, (a, b) in enumerate(zip(batch.offsets_of(self.lengths), batch.offsets_of(self.lengths)[1:])):
            self.x[i, :b - a] = packed[a:b]

    def forward(self):
        x = self.x
        for w in self.layers:
            x = self.step(x, self.mask, w)
        return x

    def unpack(self, x):
        return torch.cat([x[i, :length] for i, length in enumerate(self.lengths)])


class Packed:
    def __init__(self, weights, lengths, element, compiled):
        self.layers, self.longest = layers_of(weights), max(lengths)
        self.offsets = torch.tensor(batch.offsets_of(lengths), dtype=torch.int32, device="cuda")
        self.x = torch.zeros(sum(lengths), K.HIDDEN, dtype=TYPES[element], device="cuda")
        self.step = torch.compile(packed_layer, dynamic=False) if compiled else packed_layer

    def load(self, packed):
        self.x.copy_(packed)

    def forward(self):
        x = self.x
        for w in self.layers:
            x = self.step(x, self.offsets, self.longest, w)
        return x

    def unpack(self, x):
        return x


class FastPath:
    """nn.TransformerEncoder in inference mode: its own fast path over nested tensors. It synchronises, so no graph holds it."""

    def __init__(self, weights, lengths, element, compiled):
        self.padded = Padded(weights, lengths, element, False)
        layer = torch.nn.TransformerEncoderLayer(K.HIDDEN, K.HEADS, K.FFN, 0.0, F.gelu, 1e-12, batch_first=True)
        self.model = torch.nn.TransformerEncoder(layer, len(weights), enable_nested_tensor=True).to("cuda", TYPES[element]).eval()
        names = {"self_attn.in_proj_": "qkv", "self_attn.out_proj.": "out", "linear1.": "ffn1", "linear2.": "ffn2",
                 "norm1.": "norm1", "norm2.": "norm2"}
        with torch.no_grad():
            for target, source in zip(self.model.layers, weights):
                for name, value in target.named_parameters():
                    prefix = next(p for p in names if name.startswith(p))
                    value.copy_(source[names[prefix] + (".bias" if name.endswith("bias") else "")])
        self.load, self.unpack = self.padded.load, self.padded.unpack

    def forward(self):
        return self.model(self.padded.x, src_key_padding_mask=~self.padded.mask[:, 0, 0])
