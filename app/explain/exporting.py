"""The maps of the page as files: arrays, conditions, a report to print, and code that makes the arrays again.

No Streamlit.
"""

import base64
import hashlib
import html
import importlib.metadata
import io
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from ui import figures, tiles, words
from ui.loading import Asked, Setup
from ui.pictures import data_url
from ui.sources import OwnNetwork

from explain import sentences
from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

NPZ = "openbox-view.npz"
SIDE, GAP, LINE = 224, 16, 18  # of a map in the picture of all, the room between them, a line of text


@dataclass(frozen=True)
class ExportedView:
    """What the page shows: the picture in words, the network's logits (K,), the maps that are ready."""

    subject: Asked
    picture: str
    target: Contrast | int
    setup: Setup
    logits: Tensor
    maps: Mapping[str, Explanation]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.subject.card.classes

    @property
    def question(self) -> str:
        """What the maps answer."""
        return sentences.question(self.target, self.classes)


def npz(view: ExportedView) -> bytes:
    """The picture ``x``, the ``references``, the ``logits``, and the map of each method, all as they are."""
    arrays: dict[str, Any] = {name: one.values.numpy() for name, one in view.maps.items()}
    arrays |= {
        "x": view.subject.x.numpy(),
        "references": view.subject.references.x.numpy(),
        "logits": view.logits.numpy(),
    }
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def as_json(view: ExportedView) -> str:
    """The conditions under which the maps were made, and what each of them claims."""
    card, target = view.subject.card, view.target
    own = isinstance(card, OwnNetwork)
    content = {
        "question": view.question,
        "target": vars(target) if isinstance(target, Contrast) else target,
        "score": view.setup.score,
        "seed": view.setup.seed,
        "network": card.factory if own else card.name,
        "network_sha256": card.sha256,
        "data": card.data,
        "classes": list(view.classes),
        "picture": view.picture,
        "picture_sha256": hashlib.sha256(view.subject.x.numpy().tobytes()).hexdigest(),
        "references": view.subject.references.words,
        "logits": view.logits.tolist(),
        "methods": {
            name: {
                "unit": one.unit,
                "claim": one.receipt.claim,
                "numbers": {key: float(values[0]) for key, values in one.receipt.numbers.items()},
                "model_calls": one.model_calls,
                "seconds": one.seconds,
            }
            for name, one in view.maps.items()
        },
        "versions": {
            "openbox-explain": importlib.metadata.version("openbox-explain"),
            "torch": str(torch.__version__),
            "numpy": np.__version__,
            "python": platform.python_version(),
            "threads": torch.get_num_threads(),
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def snippet(view: ExportedView) -> str:
    """Python that makes the arrays of the NPZ again, which lies beside it."""
    card, target = view.subject.card, view.target
    if isinstance(card, OwnNetwork):
        model = f"load_model({card.factory!r}, {card.weights!r})"
        source = "from openbox.zoo.own.models import load_model"
    else:
        model, source = f"load_checkpoint({card.name!r}).model", "from openbox.zoo import load_checkpoint"
    asked = f"Contrast({target.preferred}, {target.other})" if isinstance(target, Contrast) else str(target)
    return f'''"""{view.question} {view.picture}; network {card.sha256[:12]}."""

import numpy as np
import torch

from openbox.explainers import Contrast, create
{source}

view = np.load("{NPZ}")
x, references = torch.from_numpy(view["x"]), torch.from_numpy(view["references"])
model = {model}
for name in {list(view.maps)!r}:
    explainer = create(name, model, references, seed={view.setup.seed}, score={view.setup.score!r})
    values = explainer.explain(x, {asked}).values.numpy()
    print(name, "the same, bit for bit" if np.array_equal(values, view[name]) else "differs")
'''


@dataclass(frozen=True)
class SheetCell:
    """A picture on a sheet of them: its title above, its scale in words below, and its left upper corner."""

    title: str
    picture: np.ndarray
    scale: str
    left: int
    top: int


def sheet(view: ExportedView) -> tuple[list[SheetCell], tuple[int, int]]:
    """The picture and all maps, four a row, and the size (width, height) of the sheet."""
    cells = [(view.picture, figures.enlarge(figures.photograph(view.subject.x[0]), SIDE), "")]
    cells += [(EXPLAINERS[name].title, *_drawn(name, one)) for name, one in view.maps.items()]
    columns, width, height = min(4, len(cells)), SIDE + GAP, SIDE + GAP + 2 * LINE
    found = [
        SheetCell(*cell, GAP + number % columns * width, GAP + LINE + number // columns * height)
        for number, cell in enumerate(cells)
    ]
    return found, (columns * width + GAP, -(-len(cells) // columns) * height + GAP + LINE)


def png(view: ExportedView) -> bytes:
    """The sheet as pixels."""
    cells, size = sheet(view)
    paper = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(paper)
    pen.text((GAP, GAP // 2), f"{view.question} {_answer(view)}", fill="black")
    for cell in cells:
        pen.text((cell.left, cell.top), cell.title[:40], fill="black")
        picture = Image.fromarray(cell.picture).resize((SIDE, SIDE), Image.Resampling.NEAREST)
        paper.paste(picture, (cell.left, cell.top + LINE))
        pen.text((cell.left, cell.top + LINE + SIDE), cell.scale, fill="black")
    out = io.BytesIO()
    paper.save(out, "PNG")
    return out.getvalue()


def svg(view: ExportedView) -> str:
    """The sheet as a drawing whose words stay words and whose pixels stay sharp at any size."""
    cells, (width, height) = sheet(view)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="13">',
        f"<title>{html.escape(view.question)}</title>",
        f'<text x="{GAP}" y="{GAP}">{html.escape(f"{view.question} {_answer(view)}")}</text>',
    ]
    for cell in cells:
        lines += [
            f'<text x="{cell.left}" y="{cell.top + LINE - 4}">{html.escape(cell.title)}</text>',
            f'<image x="{cell.left}" y="{cell.top + LINE}" width="{SIDE}" height="{SIDE}" '
            f'style="image-rendering:pixelated" href="{data_url(cell.picture)}"/>',
            f'<text x="{cell.left}" y="{cell.top + 2 * LINE + SIDE - 3}">{html.escape(cell.scale)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def report(view: ExportedView) -> str:
    """One HTML file that needs nothing else: picture, maps with their receipts, conditions, arrays, code."""
    maps = [
        f"<figure><figcaption><b>{html.escape(EXPLAINERS[name].title)}</b><br>"
        f"{html.escape(EXPLAINERS[name].summary)}</figcaption>"
        f'<img src="{data_url(_drawn(name, one)[0])}" alt="{html.escape(_alt(view, name))}">'
        f"{tiles.scale(EXPLAINERS[name], figures.limit(tiles.shown(one, tiles.PLAIN)[0]))}"
        f"<small>{html.escape(words.receipt(one, view.target, view.classes))}<br>{words.cost(one)}</small>"
        "</figure>"
        for name, one in view.maps.items()
    ]
    photograph = data_url(figures.enlarge(figures.photograph(view.subject.x[0]), SIDE))
    arrays = base64.b64encode(npz(view)).decode()
    glossary = "".join(
        f"<dt>{html.escape(word)}</dt><dd>{html.escape(meaning)}</dd>"
        for word, meaning in sentences.GLOSSARY.items()
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{html.escape(view.question)}</title>
<style>
body {{ font: 16px/1.45 sans-serif; color: #1b2430; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 1.2rem; }}
figure {{ margin: 0; break-inside: avoid; }} img {{ width: 100%; image-rendering: pixelated; }}
pre {{ background: #f3f5f8; padding: 0.8rem; overflow-x: auto; font-size: 13px; }}
</style>
<h1>{html.escape(view.question)}</h1>
<p>{html.escape(_answer(view))} {html.escape(view.picture)}.</p>
<img src="{photograph}" alt="{html.escape(view.picture)}" style="width:{SIDE}px">
<p>{html.escape(_reading(view))}</p>
<main>{"".join(maps)}</main>
<h2>Words</h2><dl>{glossary}</dl>
<h2>Made again</h2>
<p><a download="{NPZ}" href="data:application/octet-stream;base64,{arrays}">The arrays</a>, and code:</p>
<pre>{html.escape(snippet(view))}</pre>
<h2>Conditions</h2><pre>{html.escape(as_json(view))}</pre>
</html>
"""


def _answer(view: ExportedView) -> str:
    best = int(view.logits.argmax())
    share = float(view.logits.double().softmax(0)[best])
    return f"The network says “{view.classes[best]}” ({words.percent(share)})."


def _reading(view: ExportedView) -> str:
    references = view.subject.references.words
    return sentences.reading_help(view.subject.card.shape, False, references, [*view.maps])


def _alt(view: ExportedView, name: str) -> str:
    return f"{EXPLAINERS[name].title} map of the {words.score(view.target, view.classes)}"


def _drawn(name: str, one: Explanation) -> tuple[np.ndarray, str]:
    """A coloured map, and its scale in words."""
    plane, _ = tiles.shown(one, tiles.PLAIN)
    limit = figures.limit(plane)
    left, middle, right = words.legend(EXPLAINERS[name], limit)
    return tiles.painted(EXPLAINERS[name], one, plane, limit), f"{left} to {right} {middle}"
