"""One network, written with modules or with functional, in-place and reused activations: the same maps."""

import pytest
import torch
from explainer_cases import FAINT, NAMES, SUMS, in_place_net, make, noise
from torch.testing import assert_close


@pytest.mark.parametrize("name", NAMES)
def test_writing_in_place_changes_no_map(name: str) -> None:
    x = noise(2, (3, 12, 12)) * (FAINT if name in SUMS else 1)
    example = noise(4, (3, 12, 12), 1)
    safe, unsafe = (make(name, in_place_net(inplace), example).explain(x, 4) for inplace in (False, True))
    assert_close(unsafe.values, safe.values, rtol=1e-4, atol=1e-6)
    assert torch.equal(unsafe.values != 0, safe.values != 0)
