"""The README's figures about the regions of MNIST; ``pytest -m long -n 0 -rP`` on this file prints them."""

import pytest

import openbox
from openbox.zoo import load, load_checkpoint


@pytest.mark.long
@pytest.mark.parametrize("name", ["mnist-mlp-seed0", "mnist-cnn-seed0"])
def test_neighbours_by_decisions_agree_in_label(name: str) -> None:
    test = load("mnist")
    some, every = test.batch(slice(0, 1000)), test.batch(slice(0, 10_000))
    net = openbox.capture(load_checkpoint(name).model, some[:2])
    clusters = openbox.cluster(net, some, test.labels[:1000])
    found = clusters.neighbours(1).agreement
    assert found is not None
    regions = len(set(openbox.cluster(net, every).region_id))
    print(name, *clusters.lines(), f"{regions} regions of {len(every)} images", found, sep="\n")
    assert regions > 9_000
    assert found.share > 5 * found.chance
