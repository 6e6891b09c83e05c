"""The rival of ``slice``: regions one by one, each cut out of the window by all half-planes at once.

A sketch as one would write it first: record the pattern at a point, read all margins off three points of
the plane, which are two Jacobian-vector products, clip the window by the worst half-plane until none is
violated, and step across the middle of each edge.
"""

from collections import deque

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openbox.geometry.view import View

Array = NDArray[np.float64]
_NOISE = 1e-12  # of the largest margin: a slope below it is rounding
_ACROSS = 1e-9  # of the window: how far behind an edge the next region is looked for


def naive_slice(view: View, origin: Tensor, u: Tensor, v: Tensor, extent: float) -> tuple[int, float]:
    """How many regions it finds in the window |s|, |t| <= ``extent``, and the share that they cover."""
    window = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    directions = torch.cat((u, v)) * extent
    waiting: deque[Array] = deque([np.array([0.0123, 0.0077])])  # the middle itself may lie on borders
    seen: set[bytes] = set()
    area = 0.0
    while waiting:
        point = waiting.popleft()
        pattern = view.record(_input(origin, directions, point))[1]
        name = b"".join(decision.cpu().numpy().tobytes() for decision in pattern)
        if name in seen:
            continue
        seen.add(name)
        corners = torch.cat([_input(origin, directions, np.array(p)) for p in ((0, 0), (1, 0), (0, 1))])
        margins = torch.cat([m.flatten(1) for m in view.margins(corners, view.repeat(pattern, 3))[0]], 1)
        real = margins[0].isfinite()  # else there is no such neighbour
        constants, right, up = margins[:, real].cpu().numpy()
        slopes = np.stack((right - constants, up - constants), 1)
        tilted = np.abs(slopes).max(1) > _NOISE * np.abs(constants).max()
        polygon = clip_all(window, slopes[tilted], constants[tilted])
        if len(polygon) < 3:
            continue
        following = np.roll(polygon, -1, 0)
        ahead = following - polygon
        area += 0.5 * float((polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0]).sum())
        lengths = np.linalg.norm(ahead, axis=1)
        outward = np.stack((ahead[:, 1], -ahead[:, 0]), 1) / np.where(lengths > 0, lengths, 1.0)[:, None]
        over = (polygon + following) / 2 + _ACROSS * outward
        waiting.extend(over[(lengths > _ACROSS) & (np.abs(over).max(1) < 1)])
    return len(seen), area / 4


def clip_all(polygon: Array, slopes: Array, constants: Array) -> Array:
    """The part (P, 2) of a polygon where slopes (G, 2) @ p + constants (G,) >= 0 for all G."""
    scale = np.abs(slopes).max(1) if len(slopes) else constants
    for _ in range(len(slopes)):
        heights = (polygon @ slopes.T + constants) / scale
        worst = int(heights.min(0).argmin())
        if heights[:, worst].min() >= -_NOISE:
            break
        polygon = _clip(polygon, heights[:, worst])
        if len(polygon) < 3:
            break
    return polygon


def _clip(polygon: Array, heights: Array) -> Array:
    """Sutherland and Hodgman, one half-plane."""
    kept = []
    for here, there, high, next_high in zip(
        polygon, np.roll(polygon, -1, 0), heights, np.roll(heights, -1), strict=True
    ):
        if high >= 0:
            kept.append(here)
        if (high < 0) != (next_high < 0):
            kept.append(here + high / (high - next_high) * (there - here))
    return np.array(kept).reshape(-1, 2)


def _input(origin: Tensor, directions: Tensor, point: Array) -> Tensor:
    return origin + float(point[0]) * directions[:1] + float(point[1]) * directions[1:]
