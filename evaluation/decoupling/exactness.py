"""Exactness: a decoupled network is opened, masks are gates; with its path fixed it is the same map."""

import openbox
from openbox.decoupling.paths import fix_path, paths

from ..whole.facts import Fact
from ..whole.images import pixels
from .subject import DecoupledSubject

TABLE = "exactness"
METRICS = (
    "mask gates",
    "other gates",
    "certificate",
    "path network's certificate",
    "maps apart",
    "biases apart",
)
IMAGES = 5
MASK = "gt"  # the gate that ``y > 0`` becomes


def exactness(subject: DecoupledSubject) -> list[Fact]:
    """In float64, the largest over ``IMAGES`` images. Certificates as of ``linearize``; *maps apart* is how
    far W of the decoupled network is from W of the network with that image's path, relative to the largest
    entry, *biases apart* the same of b. Gates are layers of gates.
    """
    x = pixels(subject.test)[:IMAGES].double()
    net = openbox.capture(subject.network, x[:1].float())
    masks = sum(step.gate.kind == MASK for step in net.program.gates)
    largest = dict.fromkeys(METRICS, 0.0)
    largest |= {"mask gates": float(masks), "other gates": float(len(net.program.gates) - masks)}
    for one in x.split(1):
        piece = net.linearize(one)
        path = {name: mask[0] for name, mask in paths(subject.network, one.float()).items()}
        fixed = openbox.capture(fix_path(subject.network, path), one.float()).linearize(one)
        found = (
            piece.error.max(),
            fixed.error.max(),
            (piece.weight - fixed.weight).abs().max() / piece.weight.abs().max(),
            (piece.bias - fixed.bias).abs().max() / piece.bias.abs().max(),
        )
        for metric, value in zip(METRICS[2:], found, strict=True):
            largest[metric] = max(largest[metric], float(value))
    return subject.row(TABLE, "", largest, largest.values())
