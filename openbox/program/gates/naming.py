"""``Naming``: what the units of a gate are called, and how a change of their decisions reads in English."""

from collections.abc import Callable
from dataclasses import dataclass

Place = tuple[int, ...]  # of a unit in its channel, of the winner of a maximum; of one number: the decision


@dataclass(frozen=True)
class Naming:
    """``subject(gate, channel, position)`` is who changes, ``change(before, after)`` how, of decisions or of
    the places of winners: together a sentence. ``gate`` is the layer's name, ``of conv1 (relu)``; a unit
    without a channel has one number for a position.

    ``entries(sizes, placed, *args)`` is the grid of what a maximum is taken of, which its decisions count
    through: ``sizes`` the shape of the operand, 0 for the batch, ``args`` the operation's other arguments.
    Not ``placed``: the unit has no channel. None where a decision is no place among entries.
    ``layer`` is what the layers of such a gate are called and counted by; None: by the layer before.
    """

    subject: Callable[[str, int | None, Place], str]
    change: Callable[[Place, Place], str]
    entries: Callable[..., Place] | None
    layer: str | None


def two_ways(up: str, down: str) -> Naming:
    """A gate of two pieces, by what its units do when the decision goes up, and down."""
    return Naming(unit, lambda before, after: up if after > before else down, None, None)


def unit(gate: str, channel: int | None, position: Place) -> str:
    """``channel 5 of conv1 (relu) at (3, 7)``, and ``unit 5 of fc (relu)`` for one without a position."""
    gate = f" {gate}" if gate else ""
    if channel is None or not position:
        return f"unit {at(position) if channel is None else channel}{gate}"
    return f"channel {channel}{gate} at {at(position)}"


def at(place: Place) -> str:
    """``3``, or ``(3, 7)``."""
    return str(place[0]) if len(place) == 1 else f"({', '.join(map(str, place))})"
