"""``flip``: pixel flipping; remove what a map calls relevant, and see how the network's answer falls."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from openbox.errors import InputError, UnknownNameError, named

from ..case import Case, explained, forward
from ..fills import FILLS
from ..measurement import Measurement, Metric, Score
from .parts.order import Order, dense_ranks, rank
from .parts.spaces import SPACES

MORF, LERF = "morf", "lerf"


@dataclass(frozen=True)
class FlipSettings:
    """``steps`` L, at most as many as there are features; ``patch`` pixels along a feature's side;
    ``fills`` and ``spaces`` of their tables; ``draws`` of a random fill; ``recompute``: explain the altered
    image again at every step, and remove by the new map (L - 2 more maps for each order, fill and draw)."""

    steps: int = 16
    patch: int = 1
    fills: tuple[str, ...] = ("zero", "mean", "noise", "blur")
    draws: int = 2
    spaces: tuple[str, ...] = ("logit", "probability")
    recompute: bool = False

    def __post_init__(self) -> None:
        for kind, names, known in (("fill", self.fills, FILLS), ("space", self.spaces, SPACES)):
            if not names or len(set(names)) < len(names):
                raise InputError(f"flip: {kind}s {list(names)}; pass different ones, at least one")
            for name in names:
                if name not in known:
                    with named("flip"):
                        raise UnknownNameError(kind, name, known)
        if min(self.steps, self.patch, self.draws) < 1:
            raise InputError(
                f"flip: steps {self.steps}, patch {self.patch}, draws {self.draws}; all must be 1 or more"
            )


@dataclass(frozen=True)
class PatchSettings(FlipSettings):
    """The same by patches, as in Montavon et al. 2018: those of LIME are removed whole."""

    steps: int = 7
    patch: int = 4


def removals(features: int, steps: int) -> Tensor:
    """(L + 1,): how many of d features are gone after each step, 0 to d, spread evenly; L = min(steps, d)."""
    steps = min(steps, features)
    return (2 * torch.arange(steps + 1) * features + steps) // (2 * steps)


def curves(
    logits: Callable[[Tensor], Tensor],
    x: Tensor,
    ranks: Tensor,
    fill: Tensor,
    removed: Tensor,
    batch: int,
    ends: tuple[Tensor, Tensor] | None = None,
) -> Tensor:
    """The network's outputs (n, L + 1, K) while features are removed from images, lowest rank first.

    ``x_k = where(rank < removed_k, fill, x)``, k = 0..L, and the outputs are ``f(x_k)``; f(x_0) = f(x)
    belongs to the curve. MoRF removes the most relevant feature first (Bach et al. 2015; Samek et al.
    2017, eq. 12), LeRF the least relevant one; a good map lets f fall early in MoRF, late in LeRF.
    Areas are over the share that is removed, so in [0, 1] (Montavon, Samek, Mueller 2018, section 6.2):

    - ``morf``, ``lerf``: area under the curve by the trapezoid rule; ``abpc`` = ``lerf`` - ``morf``;
    - ``aopc = 1 / (L + 1) sum_k f(x_0) - f(x_k)`` in MoRF order (Samek et al. 2017, eq. 13).

    ``logits`` maps (M, C, H, W) to (M, K) and is never given more than ``batch`` images; ``x`` and
    ``fill`` (n, C, H, W), ``ranks`` (n, H, W) from 0 to d - 1, ``removed`` (L + 1,) from 0 to d;
    ``ends``: f(x) and f(fill), where they are known. Costs n (L - 1) passes, and 2 n without ends; the
    altered images lie in memory like x.
    """
    if ends is None:
        ends = (
            torch.cat([logits(p) for p in x.split(batch)]),
            torch.cat([logits(p) for p in fill.split(batch)]),
        )
    if fill.stride() != x.stride() and 0 not in fill.stride():
        fill = torch.empty_like(x).copy_(fill)
    between = removed[1:-1].to(ranks)
    if len(between) == 0:
        return torch.stack(ends, 1)
    most = max(1, batch // len(between))
    together = -(-len(x) // -(-len(x) // most))  # as many chunks, all of about the same size
    rows = [
        _altered(logits, *part, between, batch)
        for part in zip(x.split(together), ranks.split(together), fill.split(together), strict=True)
    ]
    return torch.cat([ends[0][:, None], torch.cat(rows), ends[1][:, None]], 1)


def _altered(
    logits: Callable[[Tensor], Tensor], x: Tensor, ranks: Tensor, fill: Tensor, removed: Tensor, batch: int
) -> Tensor:
    """(m, S, K): m images after each of S removals."""
    found = []
    for counts in removed.split(batch):
        gone = ranks[:, None, None] < counts[:, None, None, None]  # (m, S, 1, H, W)
        images = torch.where(gone, fill[:, None], x[:, None])
        found.append(logits(images.flatten(0, 1)).unflatten(0, images.shape[:2]))
    return torch.cat(found, 1)


def area(curve: Tensor, removed: Tensor) -> Tensor:
    """(n,): the area under curves (n, L + 1) over the share that is removed, by the trapezoid rule."""
    return torch.trapezoid(curve, removed.to(curve) / int(removed[-1]))


def measure(case: Case, settings: FlipSettings) -> list[Measurement]:
    """Every area for every fill and space; all are read off the same passes."""
    order = rank(case.relevance, settings.patch, case.seeds)
    removed = removals(order.features, settings.steps)
    start = case.logits(case.x)
    found = [Measurement("ties", order.ties)]
    for name in settings.fills:
        draws = FILLS[name].make(case.x, case.context, case.seeds, settings.draws)
        sums: dict[tuple[str, str], Tensor] = {}
        for fill in draws:
            ends = start, case.logits(fill)
            for direction in (MORF, LERF):
                ranks = _ranks(case, settings, order, direction, fill, removed)
                outputs = curves(
                    lambda x: forward(case.model, x), case.x, ranks, fill, removed, case.batch, ends
                )
                for space, curve in _readings(outputs, case.target, settings.spaces).items():
                    share = curve / len(draws)
                    sums[direction, space] = sums.get((direction, space), 0) + share
        found += _areas(sums, name, settings.spaces, removed)
    return found


def _ranks(
    case: Case, settings: FlipSettings, order: Order, direction: str, fill: Tensor, removed: Tensor
) -> Tensor:
    """The ranks (n, H, W) in which features go: those of the first map, or of a new map at each step."""
    ranks = _directed(order, direction)
    for count in removed[1:-2].tolist() if settings.recompute else ():
        gone = ranks < count
        images = torch.where(gone[:, None], fill, case.x)
        maps = explained(case.explain, images, case.target, case.batch)
        new = _directed(rank(maps, settings.patch, case.seeds), direction)
        ranks = dense_ranks(torch.where(gone, ranks, order.features + new), settings.patch)
    return ranks


def _directed(order: Order, direction: str) -> Tensor:
    return order.ranks if direction == MORF else order.reversed


def _readings(outputs: Tensor, target: Tensor, spaces: tuple[str, ...]) -> dict[str, Tensor]:
    """The curves (n, L + 1) in each space, and of "still classified as the target" under ""."""
    outputs = outputs.double()
    found = {space: SPACES[space](outputs, target) for space in spaces}
    return found | {"": (outputs.argmax(-1) == target[:, None]).double()}


def _areas(
    curve: dict[tuple[str, str], Tensor], fill: str, spaces: tuple[str, ...], removed: Tensor
) -> list[Measurement]:
    found = []
    for space in spaces:
        morf, lerf = curve[MORF, space], curve[LERF, space]
        low, high = area(morf, removed), area(lerf, removed)
        fall = (morf[:, :1] - morf).mean(1)
        found += [
            Measurement("morf", low, MORF, fill, space, morf),
            Measurement("lerf", high, LERF, fill, space, lerf),
            Measurement("aopc", fall, MORF, fill, space),
            Measurement("abpc", high - low, "", fill, space),
        ]
    for direction in (MORF, LERF):
        kept = curve[direction, ""]
        found.append(Measurement(f"accuracy_{direction}", area(kept, removed), direction, fill, "", kept))
    return found


SCORE = Score(
    "how the answer falls while pixels are removed in the order of a map",
    FlipSettings,
    measure,
    {
        "morf": Metric("area, most relevant first", "lower"),
        "lerf": Metric("area, least relevant first", "higher"),
        "aopc": Metric("area over the curve, most relevant first", "higher"),
        "abpc": Metric("area between the curves", "higher"),
        "accuracy_morf": Metric("still so classified, most relevant first", "lower", "share"),
        "accuracy_lerf": Metric("still so classified, least relevant first", "higher", "share"),
        "ties": Metric("features that share their relevance", "", "share"),
    },
)  # fmt: skip

PATCHES = replace(SCORE, summary="how the answer falls while patches are removed", settings=PatchSettings)
