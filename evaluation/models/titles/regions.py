"""Measures of the regions of embedded titles; what has none has no numbers.

No lengths are measured: each network has its own space of embedded words, with a scale of its own.
"""

import numpy as np

from openbox.geometry.clusters.clustering import cluster
from openbox.text.open_reader import by_length

from ..regions import Numbers
from .subject import TitleSubject


def occupied(subject: TitleSubject) -> Numbers:
    """Regions as a share of titles, titles that are not alone in theirs, and ReLUs that are on."""
    if not subject.regions:
        return {"regions": None, "sharing": None, "active units": None}
    words = subject.words[: subject.sampling.regions]
    regions = together = on = units = 0
    for numbers in by_length(words):
        found = cluster(subject.reader.at(len(words[numbers[0]])), subject.embedded(numbers))
        regions += len(found.regions)
        together += round(found.regions.shared * len(numbers))
        for layer in found.layers:
            if layer.kind == "relu":
                on += int(np.bitwise_count(layer.decisions.words[:, 0]).sum())
                units += layer.units * len(numbers)
    return {
        "regions": regions / len(words), "sharing": together / len(words),
        "active units": on / units if units else None,
    }  # fmt: skip


def segments(subject: TitleSubject) -> Numbers:
    """Regions between each of the first titles and the next one of its class and length."""
    counted = list[int]()
    if subject.regions:
        labels = subject.titles.labels
        for number in range(subject.sampling.segments):
            size = len(subject.words[number])
            other = next(
                (
                    place
                    for place in range(number + 1, len(subject.words))
                    if len(subject.words[place]) == size and labels[place] == labels[number]
                ),
                None,
            )
            if other is not None:
                a, b = subject.embedded([number, other])
                counted.append(len(subject.reader.at(size).segment(a, b).region_ids))
    return {"regions on a segment": float(np.mean(counted)) if counted else None}
