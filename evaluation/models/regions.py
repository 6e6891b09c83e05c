"""Measures of the regions: how many there are where the data are, how large, and who shares one."""

import numpy as np
import torch

from openbox.geometry.clusters.purity import purity

from .subject import ModelSubject

Numbers = dict[str, float | None]


def occupied(subject: ModelSubject) -> Numbers:
    """``regions``: in how many the test images lie, as a share of them; ``sharing``: who is not alone;
    ``active units``: the share of ReLUs that are on."""
    clusters = subject.clusters
    on = [
        (np.bitwise_count(layer.decisions.words[:, 0]).sum() / len(clusters), layer.units)
        for layer in clusters.layers
        if layer.kind == "relu"
    ]
    units = sum(count for _, count in on)
    return {
        "regions": len(clusters.regions) / len(clusters),
        "sharing": clusters.regions.shared,
        "active units": float(sum(share for share, _ in on)) / units if units else None,
    }


def tree(subject: ModelSubject) -> dict[str, Numbers]:
    """For each gate layer, the tree of regions down to it: clusters, purity in label, and by chance."""
    clusters = subject.clusters
    found: dict[str, Numbers] = {}
    for number, layer in enumerate(clusters.layers, 1):
        assert clusters.labels is not None
        pure = purity(layer.so_far.members, clusters.labels)
        found[f"{number} {layer.kind}"] = {
            "clusters": float(len(layer.so_far)), "purity": pure.share, "chance": pure.chance,
            "alone clusters": float(len(layer.alone)),
            "alone purity": purity(layer.alone.members, clusters.labels).share,
            "alone chance": purity(layer.alone.members, clusters.labels).chance,
        }  # fmt: skip
    return found


def segments(subject: ModelSubject) -> Numbers:
    """Regions between each of the first images and the next image of its class, on the straight line."""
    labels, counted, lengths = subject.images.labels, [], []
    for number in range(subject.sampling.segments):
        others = (labels[number + 1 :] == labels[number]).nonzero()
        if len(others):
            other = number + 1 + int(others[0])
            pair = subject.images.batch(torch.tensor([number, other])).double()
            counted.append(len(subject.net.segment(pair[0], pair[1]).region_ids))
            lengths.append(float((pair[1] - pair[0]).norm()))
    return {
        "regions on a segment": float(np.mean(counted)) if counted else None,
        "borders per length of segments": (sum(counted) - len(counted)) / sum(lengths) if counted else None,
    }


def borders(subject: ModelSubject) -> Numbers:
    """The l2 distance of an image to the nearest border that it does not lie on, the median."""
    found = [
        subject.net.region(one).distance(2, ties=False).step
        for one in subject.x(subject.sampling.borders).double()
    ]
    finite = [step for step in found if np.isfinite(step)]
    return {"border distance": float(np.median(finite)) if finite else None}


def balls(subject: ModelSubject) -> Numbers:
    """The radius of the largest ball in the region of an image within [0, 1], the median; None if a region
    has more half-spaces than the study allows."""
    radii = []
    for one in subject.x(subject.sampling.balls).double():
        region = subject.net.region(one)
        count = sum(int(margins.isfinite().sum()) for margins in region.local.margins)
        if count > subject.sampling.most_halfspaces:
            return {"inscribed radius": None}
        radii.append(region.chebyshev((0, 1)).radius)
    return {"inscribed radius": float(np.median(radii)) if radii else None}
