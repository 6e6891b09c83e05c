"""``Plane``: the plane through three pictures, in units of the pixels' l2 norm. No Streamlit."""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from language.catalogue import say
from torch import Tensor

from openbox.errors import InputError

Point = tuple[float, float]  # (s, t)

FLAT = 1e-6  # pictures closer to a line than this share of its length span no plane
MARGIN = 0.2  # of the window around the three pictures, relative to their extent


@dataclass(frozen=True)
class Plane:
    """The inputs ``a`` + s ``u`` + t ``v``, all (1, C, H, W) float64; u and v are orthonormal.

    ``points``: where the pictures lie, A (0, 0), B on the s axis, C with t > 0. ``key`` names the plane.
    """

    a: Tensor
    u: Tensor
    v: Tensor
    points: tuple[Point, Point, Point]
    key: str

    @property
    def length(self) -> float:
        """From A to B."""
        return self.points[1][0]

    @property
    def frame(self) -> tuple[Point, float]:
        """Centre and half width of a square window around the three pictures."""
        low, high = np.min(self.points, 0), np.max(self.points, 0)
        half = float((high - low).max()) / 2 * (1 + 2 * MARGIN)
        s, t = ((low + high) / 2).tolist()
        return (s, t), half

    def input(self, point: Point) -> Tensor:
        """The input (1, C, H, W) at a point."""
        return self.a + point[0] * self.u + point[1] * self.v

    def inputs(self, points: np.ndarray) -> Tensor:
        """The inputs (M, C, H, W) at points (M, 2)."""
        s, t = torch.from_numpy(points)[:, :, None, None, None].unbind(1)
        return self.a + s * self.u + t * self.v


@dataclass(frozen=True)
class Walk:
    """The line of the plane, parallel to A B, that lies ``rise`` (0 to 1) of the way up to C."""

    plane: Plane
    rise: float

    @property
    def ends(self) -> tuple[Point, Point]:
        """Where it leaves A C and where it meets B C."""
        a, b, c = (np.array(point) for point in self.plane.points)
        first, last = (((1 - self.rise) * end + self.rise * c).tolist() for end in (a, b))
        return (first[0], first[1]), (last[0], last[1])

    @property
    def length(self) -> float:
        """In units of the plane."""
        return self.ends[1][0] - self.ends[0][0]

    def at(self, share: float) -> Point:
        """The point at a share 0 to 1 of the line."""
        (s, t), (end, _) = self.ends
        return s + share * (end - s), t

    def middle(self, share: float, half: float) -> float:
        """The share at which a window of that half width stands: it moves in jumps, so that the point
        stays in its inner half and the window rests while the point walks."""
        step = half / self.length
        return min(1.0, round(share / step) * step)


def span(a: Tensor, b: Tensor, c: Tensor) -> Plane:
    """The plane through three pictures (1, C, H, W); raises ``InputError`` if they do not span one."""
    a, b, c = (x.detach().double() for x in (a, b, c))
    along, across = b - a, c - a
    length = float(along.norm())
    if length == 0:
        raise InputError(say("Pictures A and B are the same. Choose another picture B."))
    u = along / length
    s = float((across * u).sum())
    rest = across - s * u
    t = float(rest.norm())
    if t <= FLAT * max(length, abs(s)):
        raise InputError(
            say("The three pictures lie on one line, so they span no plane. Choose another picture C.")
        )
    digest = hashlib.sha256(b"".join(x.numpy().tobytes() for x in (a, b, c)))
    return Plane(a, u, rest / t, ((0.0, 0.0), (length, 0.0), (s, t)), digest.hexdigest())
