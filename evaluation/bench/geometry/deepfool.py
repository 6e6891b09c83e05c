"""DeepFool (Moosavi-Dezfooli, Fawzi, Frossard, CVPR 2016), Algorithm 2: the rival of ``counterfactual``.

Written from the paper, on the plain module with autograd: at each step the classifier is taken for its
linearisation at the current point, and the point moves to the nearest of the K - 1 hyperplanes between
the class of the input and another; the sum of all steps is made longer by ``overshoot``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Fooled:
    """``point`` (1, *shape) after ``steps`` steps; ``success``: its class is another one."""

    point: Tensor
    distance: float
    success: bool
    steps: int


def deepfool(
    model: Callable[[Tensor], Tensor], x: Tensor, norm: float = 2, overshoot: float = 0.02,
    bounds: tuple[float, float] | None = (0, 1), steps: int = 50,
) -> Fooled:  # fmt: skip
    """x: (1, *shape), in the precision of everything. ``norm`` 2, or inf as in section 3.3 of the paper.

    The paper has no bounds: with ``bounds`` each iterate ``x + (1 + overshoot) r`` is clipped, as in the
    implementations in use, and r is not, so that it still comes over the boundary where pixels are cut off.
    """
    with torch.no_grad():
        label = int(model(x).argmax(1))
    total, point, step = torch.zeros_like(x), x.clone(), 0
    for step in range(steps + 1):
        f, gradients = _gradients(model, point)
        if int(f.argmax()) != label or step == steps:
            break
        w = gradients - gradients[label]
        gaps = (f - f[label]).abs()
        dual = w.flatten(1).norm(dim=1) if norm == 2 else w.flatten(1).abs().sum(1)
        ratios = torch.where(dual > 0, gaps / dual, torch.inf)
        ratios[label] = torch.inf
        nearest = int(ratios.argmin())
        if not bool(ratios[nearest].isfinite()):
            break  # the classifier is constant here
        direction = w[nearest] / dual[nearest] if norm == 2 else w[nearest].sign()
        total = total + ratios[nearest] * direction
        point = x + (1 + overshoot) * total
        if bounds is not None:
            point = point.clamp(*bounds)
    return _fooled(model, x, point, label, norm, step)


def pulled_back(
    model: Callable[[Tensor], Tensor], x: Tensor, fooled: Fooled, norm: float = 2, halvings: int = 50
) -> Fooled:
    """DeepFool's point moved back to the boundary by bisection of the segment from x, which it lacks."""
    with torch.no_grad():
        label = int(model(x).argmax(1))
        low, high = 0.0, 1.0
        for _ in range(halvings if fooled.success else 0):
            middle = (low + high) / 2
            same = int(model(x + middle * (fooled.point - x)).argmax(1)) == label
            low, high = (middle, high) if same else (low, middle)
    point = fooled.point if high == 1 else x + high * (fooled.point - x)
    return _fooled(model, x, point, label, norm, fooled.steps)


def _fooled(
    model: Callable[[Tensor], Tensor], x: Tensor, point: Tensor, label: int, norm: float, steps: int
) -> Fooled:
    with torch.no_grad():
        success = int(model(point).argmax(1)) != label
    distance = float(torch.linalg.vector_norm((point - x).flatten(), norm))
    return Fooled(point, distance, success, steps)


def _gradients(model: Callable[[Tensor], Tensor], point: Tensor) -> tuple[Tensor, Tensor]:
    """Outputs (K,) and their gradients (K, *shape)."""
    with torch.enable_grad():
        inputs = point.clone().requires_grad_()
        f = model(inputs)[0]
        rows = [torch.autograd.grad(f[k], inputs, retain_graph=True)[0][0] for k in range(len(f))]
    return f.detach(), torch.stack(rows)
