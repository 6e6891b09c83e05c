"""Every checkpoint is opened exactly on 100 real test images, at the centre and inside the region."""

from collections.abc import Callable

import pytest
import torch
from neighbours import inside
from requirements import require

import openbox
from openbox.errors import DataNotFoundError
from openbox.zoo.checkpoints import list_checkpoints, load_checkpoint
from openbox.zoo.data import Images, load

IMAGES = 100
BOUND = {torch.float64: 1e-12, torch.float32: 1e-5}
EVERY = [
    pytest.param(name, marks=pytest.mark.long if name.startswith("cifar10") else ())
    for name in list_checkpoints()
]


def test_images(data: str) -> Images:
    try:
        return load(data, train=False)
    except DataNotFoundError as error:
        require(False, f"needs the test images of {data!r}: {error}")
        raise


test_images.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]


@pytest.mark.parametrize("dtype", BOUND, ids=["float64", "float32"])
@pytest.mark.parametrize("name", EVERY)
def test_checkpoint_is_opened_exactly(
    name: str, dtype: torch.dtype, record_property: Callable[[str, object], None]
) -> None:
    checkpoint = load_checkpoint(name)
    x = test_images(checkpoint.card.data).batch(slice(IMAGES)).to(dtype)
    assert len(x) == IMAGES
    net = openbox.capture(checkpoint.model, x[:1].float())
    piece = net.linearize(x)
    assert piece.error.max() <= BOUND[dtype]
    assert piece.logits.shape == (IMAGES, len(checkpoint.card.classes))

    points, distance = inside(net, x)
    alone = int((distance == 0).sum())  # with 16 layers, rounding to float32 may leave one no room to step
    assert alone <= (dtype == torch.float32), "images without a second point of their region"
    f = net.original(points)
    error = (piece(points) - f).abs().amax(1) / f.abs().amax(1)
    for place, largest in (("image", piece.error.max()), ("inside", error.max())):
        record_property(f"{name} {str(dtype).removeprefix('torch.')} {place}", f"{largest:.1e}")
    assert error.max() <= BOUND[dtype]
