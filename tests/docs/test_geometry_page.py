"""The figures of the page Geometry are the measured ones."""

from documents import page
from measured import measured


def test_the_figures_of_shared_regions_are_the_measured_ones() -> None:
    text = " ".join(page("docs/geometry.md").split())
    found = measured()
    mlp, cnn = (
        f"{100 * float(found[f'mnist-{network}-seed0 nearest neighbours of one label']):.1f}"
        for network in ("mlp", "cnn")
    )
    assert f"{mlp} % of 1,000 images in the MNIST mlp and {cnn} % in the cnn" in text
    for network in ("mlp", "cnn"):
        assert found[f"mnist-{network}-seed0 regions of 10000 images"] == "10000"
        assert round(100 * float(found[f"mnist-{network}-seed0 by chance"])) == 10
    assert "10,000 MNIST test images: 10,000 regions" in text
    assert "by chance 10 %" in text
