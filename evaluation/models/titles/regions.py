"""Measures of the regions of embedded titles; what has none has no numbers."""

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
    counted, lengths = list[int](), list[float]()
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
                lengths.append(float((b - a).norm()))
    return {
        "regions on a segment": float(np.mean(counted)) if counted else None,
        "borders per length of segments": (sum(counted) - len(counted)) / sum(lengths) if counted else None,
    }


def borders(subject: TitleSubject) -> Numbers:
    """The l2 distance of an embedded title to the nearest border that it does not lie on, the median."""
    found = list[float]()
    if subject.regions:
        for number, title in enumerate(subject.words[: subject.sampling.borders]):
            (x,) = subject.embedded([number])
            found.append(subject.reader.at(len(title)).region(x).distance(2, ties=False).step)
    finite = [step for step in found if np.isfinite(step)]
    return {"border distance": float(np.median(finite)) if finite else None}
