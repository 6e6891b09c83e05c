"""What the page shows, its arrays, its conditions, and code that makes the arrays again."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from export.files import npz_name
from export.loaded import loaded, named
from language.catalogue import say
from torch import Tensor
from ui import words
from ui.loading import Asked, Setup

from explain import sentences
from openbox.explainers.explanation import Contrast, Explanation

PAGE = "explain"
NPZ = npz_name(PAGE)


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

    @property
    def answer(self) -> str:
        """What the network says."""
        best = int(self.logits.argmax())
        share = float(self.logits.double().softmax(0)[best])
        return say("The network says “{answer}” ({share}).").format(
            answer=self.classes[best], share=words.percent(share)
        )

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """The map of each method, the picture ``x``, the ``references``, the ``logits``, all as they are."""
        return {name: one.values.numpy() for name, one in self.maps.items()} | {
            "x": self.subject.x.numpy(),
            "references": self.subject.references.x.numpy(),
            "logits": self.logits.numpy(),
        }


def conditions(view: ExportedView) -> dict[str, Any]:
    """Under which the maps were made, and what each of them claims."""
    card, target = view.subject.card, view.target
    return {
        "target": vars(target) if isinstance(target, Contrast) else target,
        "score": view.setup.score,
        "seed": view.setup.seed,
        "network": named(card),
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
    }


def snippet(view: ExportedView) -> str:
    """Python that makes the arrays again from the picture and the references among them."""
    target = view.target
    source, model = loaded(view.subject.card)
    asked = f"Contrast({target.preferred}, {target.other})" if isinstance(target, Contrast) else str(target)
    return f'''
import numpy as np
import torch

from openbox.explainers import Contrast, create
from openbox.module.headless import before_head
{source}

held = np.load("{NPZ}")
x, references = torch.from_numpy(held["x"]), torch.from_numpy(held["references"])
model = {model}
with torch.no_grad():
    logits = before_head(model, x)(x)[0]
made = {{"x": held["x"], "references": held["references"], "logits": logits.numpy()}}
for name in {list(view.maps)!r}:
    explainer = create(name, model, references, seed={view.setup.seed}, score={view.setup.score!r})
    made[name] = explainer.explain(x, {asked}).values.numpy()
'''
