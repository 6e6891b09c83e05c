"""MNIST images hardly ever share a region, but near ones in decisions share their label."""

from collections.abc import Callable

import pytest

import openbox
from openbox.zoo import load, load_checkpoint


@pytest.mark.long
@pytest.mark.parametrize("name", ["mnist-mlp-seed0", "mnist-cnn-seed0"])
def test_neighbours_by_decisions_agree_in_label(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    test = load("mnist")
    some, every = test.batch(slice(0, 1000)), test.batch(slice(0, 10_000))
    net = openbox.capture(load_checkpoint(name).model, some[:2])
    clusters = openbox.cluster(net, some, test.labels[:1000])
    found = clusters.neighbours(1).agreement
    assert found is not None
    regions = len(set(openbox.cluster(net, every).region_ids))
    record_property(f"{name} regions of {len(every)} images", regions)
    record_property(f"{name} nearest neighbours of one label", f"{found.share:.3f}")
    record_property(f"{name} by chance", f"{found.chance:.3f}")
    record_property(f"{name} gate layers", "; ".join(clusters.lines()))
    assert regions > 9_000
    assert found.share > 5 * found.chance
