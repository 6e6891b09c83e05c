"""``shift``: does a map move with the image? Explanation continuity (Montavon, Samek, Mueller 2018, 6.1)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.errors import InputError

from ..case import Case, explained
from ..measurement import Measurement, Metric, Score
from .parts.agreement import cosine, snapped, spearman, top_overlap
from .parts.order import patch_sums

Shift = tuple[int, int]  # pixels down, pixels to the right


@dataclass(frozen=True)
class ShiftSettings:
    """``shifts`` (down, right) in pixels, ``top_k`` as a share of the pixels, ``window`` in pixels.

    The default has each size from 1 to 4 once along each axis, as often forwards as backwards, four
    times along one axis and twice along both: six maps an image instead of sixteen.
    """

    shifts: tuple[Shift, ...] = ((0, 1), (-1, 0), (2, -2), (0, -3), (3, 0), (-4, 4))
    top_k: float = 0.1
    window: int = 4

    def __post_init__(self) -> None:
        if not self.shifts or (0, 0) in map(tuple, self.shifts):
            raise InputError(
                f"shift: shifts {self.shifts}; pass at least one, and not (0, 0), which divides by nothing"
            )
        if not 0 < self.top_k <= 1 or self.window < 1:
            raise InputError(
                f"shift: top_k {self.top_k:g} must be in (0, 1], window {self.window} must be 1 or more"
            )


def translate(x: Tensor, shift: Shift) -> Tensor:
    """Move images (n, C, H, W); what comes in repeats the edge, so a black border stays black."""
    down, right = shift
    rows, columns = (torch.arange(side, device=x.device) for side in x.shape[-2:])
    rows = (rows - down).clamp(0, len(rows) - 1)
    columns = (columns - right).clamp(0, len(columns) - 1)
    return x[..., rows[:, None], columns]


def common(first: Tensor, moved: Tensor, shift: Shift) -> tuple[Tensor, Tensor]:
    """Maps (n, H, W) of an image and of the moved one, both (n, h, w) where they see the same pixels."""
    down, right = shift
    height, width = first.shape[-2] - abs(down), first.shape[-1] - abs(right)
    if min(height, width) < 1:
        raise InputError(f"shift: {shift} moves images of {tuple(first.shape[-2:])} out of themselves")

    def cut(values: Tensor, top: int, left: int) -> Tensor:
        return values[:, top : top + height, left : left + width]

    return cut(first, max(0, -down), max(0, -right)), cut(moved, max(0, down), max(0, right))


def continuity(first: Tensor, moved: Tensor, x: Tensor, x_moved: Tensor, window: int) -> Tensor:
    """``||R(x) - R(x_s)||_1 / ||x - x_s||_2`` (n,) of one shift s (Montavon et al. 2018, section 6.1).

    Relevance (n, H, W) is summed over windows, and each map divided by the sum of its absolute values
    before, so that methods of different units compare. NaN where the two images (n, C, H, W) are the
    same, and for a map that is zero everywhere.
    """
    pooled = [
        patch_sums(r / r.abs().sum((1, 2), keepdim=True), window) for r in (first.double(), moved.double())
    ]
    change = (pooled[0] - pooled[1]).abs().sum((1, 2))
    distance = (x - x_moved).double().flatten(1).norm(dim=1)
    return torch.where(distance > 0, change / distance, torch.nan)


def measure(case: Case, settings: ShiftSettings) -> list[Measurement]:
    """Move the images, explain them again for the same class, and compare where both see the same pixels.

    Only shifts that leave the prediction as it was count; NaN where none does.
    """
    shifts = settings.shifts
    first = case.relevance
    moved = [translate(case.x, shift) for shift in shifts]
    targets = case.target.repeat(len(shifts))
    maps = explained(case.explain, torch.cat(moved), targets, case.batch).split(len(case.x))
    predictions = case.logits(torch.cat([case.x, *moved])).argmax(1).view(-1, len(case.x))
    kept = predictions[1:] == predictions[0]  # (S, n)

    found: dict[str, list[Tensor]] = {name: [] for name in ("cosine", "spearman", "top_k", "ratio")}
    for shift, x_moved, other in zip(shifts, moved, maps, strict=True):
        ours, theirs = (part.flatten(1) for part in common(first, other, shift))
        found["cosine"].append(cosine(ours, theirs))
        ours, theirs = snapped(ours), snapped(theirs)
        found["spearman"].append(spearman(ours, theirs))
        found["top_k"].append(top_overlap(ours, theirs, settings.top_k))
        found["ratio"].append(continuity(first, other, case.x, x_moved, settings.window))
    counted = {name: torch.where(kept, torch.stack(values), torch.nan) for name, values in found.items()}
    again = explained(case.rebuild(case.model, 1), case.x, case.target, case.batch)
    return [
        *(Measurement(name, counted[name].nanmean(0)) for name in ("cosine", "spearman", "top_k")),
        Measurement("ratio", _largest(counted["ratio"])),
        Measurement("repeat", 1 - cosine(first.flatten(1), again.flatten(1))),
        Measurement("changed", 1 - kept.double().mean(0)),
    ]


def _largest(ratios: Tensor) -> Tensor:
    """The maximum (n,) over shifts (S, n) of those that are numbers; NaN where none is."""
    largest = ratios.nan_to_num(nan=-torch.inf).amax(0)
    return torch.where(largest.isinf(), torch.nan, largest)


SCORE = Score(
    "whether a map moves with the image, and how much it changes",
    ShiftSettings,
    measure,
    {
        "cosine": Metric("cosine of the map and the one shifted back", "higher"),
        "spearman": Metric("their rank correlation", "higher"),
        "top_k": Metric("the share of top pixels they have in common", "higher", "share"),
        "ratio": Metric("largest change of the map over that of the image", "lower"),
        "repeat": Metric("1 - cosine of two maps of the same image by two seeds", "lower"),
        "changed": Metric("shifts that change the prediction", "", "share"),
    },
)
