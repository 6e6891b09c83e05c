"""Gates of three pieces: one line between a low and a high border, others beyond them."""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.program.gates.gate import Gate
from openbox.program.gates.naming import Naming, Place, unit

Border = float | Tensor | None
Borders = tuple[float | Tensor, float | Tensor]
_PIECES = ("low", "middle", "high")


def _move(before: Place, after: Place) -> str:
    return f"moves from its {_PIECES[before[0]]} piece to its {_PIECES[after[0]]} one"


_NAMING = Naming(unit, _move, None, None)


def _gate(
    kind: str,
    borders: Callable[..., Borders],
    lines: Callable[..., tuple[Tensor | float, Tensor, Tensor | float]],
    closed: bool,
    native: Callable[..., Tensor] | None = None,
) -> Gate:
    """Piece 0 beyond the low border, 1 between, 2 beyond the high one.

    ``lines`` gives the value of each piece. ``closed``: the borders belong to the outer pieces, and to
    the high one where both coincide; else to the middle.
    """

    def decide(z: Tensor, *parameters: Border) -> Tensor:
        low, high = borders(*parameters)
        up, down = (z >= high, z <= low) if closed else (z > high, z < low)
        return up.to(torch.uint8) + (~down | up).to(torch.uint8)

    def apply(piece: Tensor, z: Tensor, *parameters: Border) -> Tensor:
        below, middle, above = lines(z, *parameters)
        outer = torch.where(piece == 0, _like(z, below), _like(z, above))
        return torch.where(piece == 1, middle, outer)

    def margins(piece: Tensor, z: Tensor, *parameters: Border) -> Tensor:
        low, high = borders(*parameters)
        infinite = torch.full_like(z, torch.inf)
        to_low = torch.where(piece == 0, low - z, torch.where(piece == 1, z - low, infinite))
        to_high = torch.where(piece == 2, z - high, torch.where(piece == 1, high - z, infinite))
        return torch.stack((to_low, to_high), -1)

    def beyond(piece: Tensor, z: Tensor, *parameters: Border) -> Tensor:
        low, high = (_like(z, border) for border in borders(*parameters))
        empty = low == high  # there is no middle piece, or it is a point
        below = torch.where(piece == 0, torch.where(empty, 2, 1), 0)
        above = torch.where(piece == 2, torch.where(empty, 0, 1), 2)
        return torch.stack((below, above), -1)

    def envelope(piece: Tensor, z: Tensor, *parameters: Border) -> Tensor:
        """Concave in z, bent at both borders: beyond the second one its slope is that of both together."""
        low, high = borders(*parameters)
        above_low, below_high = z - low, high - z
        lower = torch.where(piece == 0, -above_low, torch.where(piece == 1, above_low, -below_high))
        upper = torch.where(piece == 1, below_high, torch.where(piece == 0, 1, -1) * (below_high - above_low))
        return torch.stack((lower, upper), -1)

    def by_kernel(z: Tensor, *parameters: Border) -> tuple[Tensor, Tensor]:
        assert native is not None
        return native(z, *parameters), decide(z.detach(), *parameters)

    return Gate(
        kind, decide, apply, margins, beyond, _NAMING,
        native=by_kernel if native else None, envelope=envelope,
    )  # fmt: skip


def _like(z: Tensor, value: float | Tensor) -> Tensor:
    return value if isinstance(value, Tensor) else z.new_tensor(value)


def _clamp_borders(low: Border = None, high: Border = None) -> Borders:
    """As ``torch.clamp``: no border is infinitely far, and where low > high the value is high."""
    upper = torch.inf if high is None else high
    lower = -torch.inf if low is None else low
    if isinstance(lower, Tensor) or isinstance(upper, Tensor):
        like = lower if isinstance(lower, Tensor) else upper
        assert isinstance(like, Tensor)
        return torch.minimum(_like(like, lower), _like(like, upper)), upper
    return min(lower, upper), upper


def _clamp_lines(
    z: Tensor, low: Border = None, high: Border = None
) -> tuple[Tensor | float, Tensor, Tensor | float]:
    lower, upper = _clamp_borders(low, high)
    return lower, z, upper


def _clamp(kind: str, native: Callable[..., Tensor] | None = None) -> Gate:
    return _gate(kind, _clamp_borders, _clamp_lines, True, native)


HARDTANH = _clamp("hardtanh", torch.nn.functional.hardtanh)
CLAMP = _clamp("clamp")
CLAMP_MAX = _gate("clamp", lambda high: (-torch.inf, high), lambda z, high: (-torch.inf, z, high), True)
HARDSIGMOID = _gate("hardsigmoid", lambda: (-3.0, 3.0), lambda z: (0.0, z / 6 + 0.5, 1.0), True)
SOFTSHRINK = _gate("softshrink", lambda t: (-t, t), lambda z, t: (z + t, torch.zeros_like(z), z - t), False)
HARDSHRINK = _gate("hardshrink", lambda t: (-t, t), lambda z, _: (z, torch.zeros_like(z), z), False)
