"""Second points of the same region, found by trying: for laws that must hold off the centre."""

import torch
from torch import Tensor

from openbox.network import PiecewiseLinearNetwork
from openbox.program.program import Program

STEPS = [0.25**power for power in range(1, 12)]


def inside(net: PiecewiseLinearNetwork, x: Tensor) -> tuple[Tensor, Tensor]:
    """For each input another point of its region, and its distance: (N, *shape), (N,) float64.

    Random directions on all values, on those that are not black and on a few that are neither black nor
    saturated (moving a whole flat area breaks its ties), with smaller and smaller steps; 0 if none stays.
    """
    generator = torch.Generator().manual_seed(2)
    points = x.clone()
    missing = torch.arange(len(x))
    with torch.no_grad():
        pattern = decided(net.program, x)
        for step in STEPS:
            for mask in ("all", "not black", "few", "few", "few"):
                start = x[missing]
                noise = torch.randn(start.shape, generator=generator).to(x)
                moved = start + step * noise * _mask(mask, start, generator)
                given = [decision[missing] for decision in pattern]
                stays = agree(given, decided(net.program, moved)) & (moved != start).flatten(1).any(1)
                points[missing[stays]] = moved[stays]
                missing = missing[~stays]
                if len(missing) == 0:
                    return points, (points - x).flatten(1).norm(dim=1).double()
    return points, (points - x).flatten(1).norm(dim=1).double()


def _mask(kind: str, x: Tensor, generator: torch.Generator) -> Tensor:
    if kind == "all":
        return torch.ones_like(x)
    if kind == "not black":
        return (x != 0).to(x)
    few = torch.rand(x.shape, generator=generator) * x[0].numel() < 8
    return (few & (x > 0) & (x < 1)).to(x)


def decided(program: Program, x: Tensor) -> list[Tensor]:
    """What every gate decides at x, one row (N, units) for each input."""
    pattern = program.record(x)[1]
    return [step.layout.rows(d, len(x)) for step, d in zip(program.gates, pattern, strict=True)]


def agree(ours: list[Tensor], theirs: list[Tensor]) -> Tensor:
    """(N,) bool: all gates of the n-th inputs decide alike."""
    alike = [(a == b).all(1) for a, b in zip(ours, theirs, strict=True)]
    return torch.stack(alike).all(0) if alike else torch.tensor(True)
