"""The first law of the contract: every method explains one function, what lies before the network's head."""

from collections.abc import Callable

import pytest
import torch
from explainer_cases import BLIND, FAINT, NAMES, OPENS, SETTINGS, SUMS, noise
from thin import thin
from torch import Tensor, nn
from torch.testing import assert_close

import openbox
from openbox.errors import InputError
from openbox.explainers import create

HEADS: dict[str, Callable[[Tensor], Tensor]] = {
    "softmax": lambda z: torch.softmax(z, 1),
    "log_softmax": lambda z: nn.functional.log_softmax(z, dim=1),
    "sigmoid": lambda z: z.sigmoid_(),
}


class Headed(nn.Module):
    """A small network that ends in a head."""

    def __init__(self, head: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            self.conv = nn.Conv2d(1, 4, 3, padding=1)
            nn.init.constant_(self.conv.bias, 0.5)  # pyright: ignore[reportArgumentType]
            self.last = nn.Linear(4 * 4 * 4, 3)
        self.pool = nn.MaxPool2d(2)
        self.head = head

    def forward(self, x: Tensor) -> Tensor:
        z = self.last(self.pool(torch.relu(self.conv(x))).flatten(1))
        return self.head(z * 9)


def bare() -> nn.Module:
    """The same with the logits as its output."""
    return Headed(lambda z: z).eval()


@pytest.mark.parametrize("head", thin(HEADS, lambda place, _: place == 0))
@pytest.mark.parametrize("name", sorted(set(NAMES) - BLIND))
def test_every_method_explains_the_logits_before_the_head(name: str, head: str) -> None:
    x = noise(3, (1, 8, 8)) * (FAINT if name in SUMS else 1)
    headed = Headed(HEADS[head]).eval()
    assert openbox.capture(headed, x).head == head
    settings = SETTINGS.get(name)
    found = create(name, headed, x, settings=settings).explain(x)
    expected = create(name, bare(), x, settings=settings).explain(x)
    assert_close(found.values, expected.values, rtol=1e-4, atol=1e-5)
    for key, numbers in expected.receipt.numbers.items():
        assert_close(found.receipt.numbers[key], numbers, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", sorted(set(NAMES) - BLIND - OPENS))
def test_the_output_is_explained_where_that_is_asked(name: str) -> None:
    x = noise(3, (1, 8, 8))
    model, settings = Headed(HEADS["softmax"]).eval(), SETTINGS.get(name)
    as_output = create(name, model, x, settings=settings, score="output").explain(x)
    as_logits = create(name, model, x, settings=settings).explain(x)
    assert "logits" not in as_output.unit
    assert not torch.allclose(as_output.values, as_logits.values, rtol=1e-2, atol=0)


@pytest.mark.parametrize("head", HEADS)
def test_an_exact_method_then_explains_the_tangent_of_the_head(head: str) -> None:
    x = noise(3, (1, 8, 8))
    model = Headed(HEADS[head]).eval()
    found = create("openbox_weights", model, x, score="output").explain(x, 1)
    inputs = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(model(inputs)[:, 1].sum(), inputs)
    assert_close(found.values, slope, rtol=1e-4, atol=1e-6)


def test_an_unknown_score_is_refused() -> None:
    with pytest.raises(InputError, match=r"score is 'odds'; pass one of \('logits', 'output'\)"):
        create("lime", bare(), noise(2, (1, 8, 8)), score="odds")  # pyright: ignore[reportArgumentType]
