"""Small cases for the tests of scores: a network, a few images, and one method's maps of them."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from evaluation.case import Case, Context, Explain
from openbox.explainers import Explanation, create
from openbox.explainers.explanation import Receipt

Draw = Callable[[nn.Module, Tensor, Tensor], Tensor]  # network, x, target -> maps


def pictures(count: int, shape: tuple[int, ...] = (1, 6, 6), seed: int = 0) -> Tensor:
    """Random pictures as uint8, a third of their pixels black."""
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (count, *shape), generator=generator)
    return (pixels * (torch.rand(pixels.shape, generator=generator) > 1 / 3)).to(torch.uint8)


def fix(model: nn.Module, seed: int = 0) -> None:
    """Give the model weights of a seed, freeze it and put it in eval mode."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) / parameter[0].numel() ** 0.5
    model.eval().requires_grad_(False)


def linear(shape: tuple[int, ...] = (1, 6, 6), outputs: int = 4) -> nn.Sequential:
    """``Flatten`` and ``Linear``."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(int(torch.tensor(shape).prod()), outputs))
    fix(model)
    return model


def conv() -> nn.Sequential:
    """A small network for (1, 6, 6) with every kind of layer that has weights."""
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(36, 12), nn.ReLU(), nn.Linear(12, 4),
    )  # fmt: skip
    fix(model)
    return model


def explanation(
    values: Tensor, unit: str = "logits", signed: bool = True, against_others: bool = False
) -> Explanation:
    receipt = Receipt("made for a test", {})
    return Explanation(values, signed, unit, 1, 0.0, receipt, against_others=against_others)


def case_of(
    model: nn.Module, rebuild: Callable[[nn.Module, int], Explain], pixels: Tensor, count: int = 3,
    batch: int = 100,
) -> Case:  # fmt: skip
    """The first ``count`` of ``pixels``, explained for the predicted class, which is also the label."""
    x = pixels[:count].float() / 255
    target = model(x).detach().argmax(1)
    explain = rebuild(model, 0)
    mean = pixels.float().mean((0, 2, 3)) / 255
    return Case(
        model, x, target, target.clone(), torch.arange(count), explain(x, target), explain, rebuild,
        Context(mean, pixels, pixels[-2:].float() / 255), tuple(range(100, 100 + count)), batch,
    )  # fmt: skip


def gradient(model: nn.Module, x: Tensor, target: Tensor) -> Tensor:
    """The gradient of the target's logit, a map that takes no time."""
    x = x.clone().requires_grad_()
    with torch.enable_grad():
        score = model(x).gather(1, target[:, None]).sum()
    return torch.autograd.grad(score, x)[0]


def by_method(name: str, example: Tensor, settings: object = None) -> Callable[[nn.Module, int], Explain]:
    """``Case.rebuild`` for a method of the table."""
    return lambda model, offset: create(name, model, example, seed=offset, settings=settings).explain


def by_function(draw: Draw, unit: str = "logits") -> Callable[[nn.Module, int], Explain]:
    """``Case.rebuild`` for maps that a test draws itself."""
    return lambda model, offset: lambda x, target: explanation(draw(model, x, target), unit)


def part(case: Case, i: int) -> Case:
    """The case of image ``i`` alone."""
    some = slice(i, i + 1)
    return replace(
        case, x=case.x[some], target=case.target[some], label=case.label[some], index=case.index[some],
        explanation=replace(case.explanation, values=case.explanation.values[some]), seeds=case.seeds[some],
    )  # fmt: skip
