"""Implementation invariance (Sundararajan et al. 2017): one function, written in several ways.

    python tests/explainers/invariance.py

prints the table of docs/explainers.md: which method gives all of them the same map.
"""

import copy
from collections.abc import Callable

import torch
from explainer_cases import FAINT, NAMES, SETTINGS, SUMS, noise
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from openbox.explainers import create

SAME = 1e-3  # of the largest value of a map


def network() -> nn.Sequential:
    """Two convolutions, the first normalised, with ReLU and a maximum between them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(6)
        model = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 4 * 4, 10),
        )  # fmt: skip
        norm = model[1]
        for name in ("running_mean", "running_var"):
            nn.init.uniform_(norm.get_buffer(name), 0.5, 1.5)
        for tensor in norm.parameters():
            nn.init.uniform_(tensor, 0.5, 1.5)
    return model.eval()


def folded(model: nn.Sequential) -> nn.Module:
    """The normalisation in the convolution before it."""
    first, norm, *rest = model
    return nn.Sequential(fuse_conv_bn_eval(first, norm), *rest).eval()  # pyright: ignore[reportArgumentType]


def permuted(model: nn.Sequential) -> nn.Module:
    """The channels between the convolutions in another order."""
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    first, norm, second = model[0], model[1], model[4]
    for tensor in (*first.parameters(), *norm.parameters(), *norm.buffers()):
        if tensor.ndim:
            tensor.copy_(tensor[order].clone())
    weight = second.get_parameter("weight")
    weight.copy_(weight[:, order].clone())
    return model


def scaled(model: nn.Sequential) -> nn.Module:
    """What one layer doubles, or trebles, the next one undoes; the ReLU between them is homogeneous."""
    for before, after, factor in ((1, 4, 2.0), (4, 7, 3.0)):
        for tensor in model[before].parameters():
            tensor.mul_(factor)
        model[after].get_parameter("weight").div_(factor)
    return model


class Sum(nn.Module):
    """``relu(z)`` as ``z + relu(-z)``."""

    def forward(self, z: Tensor) -> Tensor:
        return z + torch.relu(-z)


def written_out(model: nn.Sequential) -> nn.Module:
    """The second ReLU as a sum."""
    return nn.Sequential(*model[:5], Sum(), *model[6:]).eval()


REWRITTEN: dict[str, Callable[[nn.Sequential], nn.Module]] = {
    "normalisation folded": folded, "channels permuted": permuted, "layers scaled and unscaled": scaled,
    "ReLU as z + relu(-z)": written_out,
}  # fmt: skip


@torch.no_grad()
def rewritten(name: str) -> nn.Module:
    return REWRITTEN[name](copy.deepcopy(network()))


def same_maps(method: str, rewriting: str) -> bool:
    """Whether the method gives both writings the same maps of three images."""
    x = noise(3, (1, 8, 8)) * (FAINT if method in SUMS else 1)
    example, settings = noise(8, (1, 8, 8), 2), SETTINGS.get(method)
    one, other = (
        create(method, model, example, settings=settings).explain(x, 4).values
        for model in (network(), rewritten(rewriting))
    )
    return bool((one - other).abs().max() <= SAME * one.abs().max())


def table() -> str:
    """The table in Markdown."""
    head = "".join(f" {rewriting} |" for rewriting in REWRITTEN)
    lines = [f"| method |{head}", "|---|" + "---|" * len(REWRITTEN)]
    for method in NAMES:
        marks = ("same" if same_maps(method, rewriting) else "**differs**" for rewriting in REWRITTEN)
        lines.append(f"| `{method}` | {' | '.join(marks)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
