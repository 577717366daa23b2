"""Counts the lines of the PyTorch originals that the descriptions cover, and writes originals.json.

    python3 count_originals.py TRANSFORMERS COMMIT

TRANSFORMERS is a checkout of huggingface/transformers (or its src/transformers/models), COMMIT the commit that it is at.

Counted are, in modeling_<family>.py, the base model's class and every class, function and table of the file that it uses, directly or
through others: from the first decorator to the last line, without docstrings. Not counted are imports, what other files give, the heads, and
the PreTrainedModel classes, which initialise and load weights.
"""

import ast
import json
import pathlib
import sys

# A description's file, the original's folder and its class.
ORIGINALS = [
    ("AlbertModel", "albert", "AlbertModel"), ("BartModel", "bart", "BartModel"), ("BertModel", "bert", "BertModel"),
    ("DebertaModel", "deberta", "DebertaModel"), ("DebertaV2Model", "deberta_v2", "DebertaV2Model"),
    ("DistilBertModel", "distilbert", "DistilBertModel"), ("FNetModel", "fnet", "FNetModel"), ("Gemma2Model", "gemma2", "Gemma2Model"),
    ("Gpt2Model", "gpt2", "GPT2Model"), ("LlamaModel", "llama", "LlamaModel"), ("MistralModel", "mistral", "MistralModel"),
    ("MixtralModel", "mixtral", "MixtralModel"), ("ModernBertModel", "modernbert", "ModernBertModel"),
    ("MoonshineModel", "moonshine", "MoonshineModel"), ("PoolFormerModel", "poolformer", "PoolFormerModel"),
    ("Qwen3Model", "qwen3", "Qwen3Model"), ("RobertaModel", "roberta", "RobertaModel"), ("T5Model", "t5", "T5Model"),
    ("VitModel", "vit", "ViTModel"), ("Wav2Vec2ConformerModel", "wav2vec2_conformer", "Wav2Vec2ConformerModel"),
]


def definitions(module):
    """The classes, functions and tables of a file by name."""
    for node in module.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield node.name, node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    yield target.id, node


def used(name, known):
    """The name and all that it uses, once each."""
    found, open_names = {}, [name]
    while open_names:
        name = open_names.pop()
        if name in found or name not in known or name.endswith("PreTrainedModel"):
            continue
        found[name] = known[name]
        # Annotations count as uses as well: an output's class is part of what is read.
        open_names += [n.id for n in ast.walk(known[name]) if isinstance(n, ast.Name)]
    return found


def lines(node):
    """The lines of a definition without those of its docstrings."""
    start = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])
    counted = set(range(start, node.end_lineno + 1))
    for inner in ast.walk(node):
        if isinstance(inner, (ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(inner, clean=False) is not None:
            text = inner.body[0]
            counted -= set(range(text.lineno, text.end_lineno + 1))
    return counted


def main():
    root, commit = pathlib.Path(sys.argv[1]), sys.argv[2]
    models = root / "src" / "transformers" / "models"
    models = models if models.exists() else root
    originals = {}
    for description, folder, name in ORIGINALS:
        known = dict(definitions(ast.parse((models / folder / f"modeling_{folder}.py").read_text(encoding="utf-8"))))
        counted = set().union(*(lines(node) for node in used(name, known).values()))
        originals[description] = {"original": f"{folder}/modeling_{folder}.py: {name}", "lines": len(counted)}
    data = {"source": f"https://github.com/huggingface/transformers/tree/{commit}/src/transformers/models", "originals": originals}
    pathlib.Path(__file__).with_name("originals.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
