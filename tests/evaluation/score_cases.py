"""Cases for the scores: any module and any map, without a runner."""

import dataclasses
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from evaluation.case import Case, Context, Explain
from openbox.explainers.explanation import Explanation, Receipt

Maps = Callable[[Tensor, Tensor, int], Tensor]  # x (n, C, H, W), target (n,), seed -> (n, C, H, W)


def explanation(values: Tensor) -> Explanation:
    return Explanation(values, True, "logits", 1, 0.0, Receipt("a test's own", {}))


def case(
    model: nn.Module, x: Tensor, maps: Maps, batch: int = 256, seeds: Sequence[int] = (), mean: float = 0.4
) -> Case:
    """The predicted class is explained; seeds are 0, 1, ... unless given."""
    model = model.eval()
    with torch.no_grad():
        target = model(x).flatten(1).argmax(1)

    def rebuild(network: nn.Module, offset: int) -> Explain:
        assert network is model

        def explain(x: Tensor, target: Tensor) -> Explanation:
            assert len(x) <= batch, "no more than a batch goes through the network"
            return explanation(maps(x, target, offset))

        return explain

    context = Context(torch.full(x.shape[1:2], mean), torch.zeros(1, *x.shape[1:], dtype=torch.uint8), x[:1])
    return Case(
        model, x, target, target, torch.arange(len(x)), explanation(maps(x, target, 0)), rebuild(model, 0),
        rebuild, context, tuple(seeds) or tuple(range(len(x))), batch,
    )  # fmt: skip


def part(of: Case, n: int) -> Case:
    """The case of the image at place n alone."""
    rows = slice(n, n + 1)
    return dataclasses.replace(
        of, x=of.x[rows], target=of.target[rows], label=of.label[rows], index=of.index[rows],
        explanation=explanation(of.explanation.values[rows]), seeds=of.seeds[rows],
    )  # fmt: skip


def linear(weight: Tensor, bias: Tensor | None = None) -> nn.Module:
    """``weight`` (K, C, H, W) as a module."""
    layer = nn.Linear(weight[0].numel(), len(weight), dtype=weight.dtype)
    with torch.no_grad():
        layer.weight.copy_(weight.flatten(1))
        layer.bias.copy_(torch.zeros(len(weight)) if bias is None else bias)
    return nn.Sequential(nn.Flatten(), layer)


def random_tensor(seed: int, *shape: int) -> Tensor:
    """Uniform in [0, 1], float64."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def small_network(channels: int = 2, classes: int = 4, side: int = 8) -> nn.Module:
    """Convolution, ReLU, max pooling, linear; float64, random weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(channels, 5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(5 * (side // 2) ** 2, classes),
        )  # fmt: skip
    return model.double().eval().requires_grad_(False)
