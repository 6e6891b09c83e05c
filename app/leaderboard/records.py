"""What the Leaderboard page shows of the records: cells, families, values per image. Pure, no Streamlit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from statistics import fmean

from language.catalogue import ENGLISH, KEY, current, say
from language.mark import mark
from ui.sources import AnyNetwork, network_label
from ui.sources import title as data_title

from evaluation.schema import Condition, LeaderboardRow
from leaderboard.results import StudyRow
from openbox.errors import CheckpointError
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import Card

BASELINES = tuple(name for name, entry in EXPLAINERS.items() if entry.role == "baseline")
MEAN = "all"  # the model seed of rows that are means over seeds
WORST, MEDIAN, BEST = mark("worst"), mark("median"), mark("best")
LOWEST, HIGHEST = mark("lowest"), mark("highest")  # where no direction is the better one


@dataclass(frozen=True)
class ImageValue:
    """One test image: the mean over the seeds, or None; and the errors there were."""

    image: int
    label: int
    target: int  # on the network of the first seed
    value: float | None
    degenerate: bool
    error: str


def title(method: str) -> str:
    """The method's name for people; a method that this version does not know keeps its key."""
    return EXPLAINERS[method].title if method in EXPLAINERS else method


def role(method: str) -> str:
    """What the table of explainers says: exact, rival or baseline; "" for a method that it does not know."""
    return EXPLAINERS[method].role if method in EXPLAINERS else ""


def options(standings: Iterable[LeaderboardRow], field: str) -> list[str]:
    """The values of a column that occur, in the order of the file; "" is none."""
    return [value for value in dict.fromkeys(getattr(entry, field) for entry in standings) if value]


def of_cell(standings: Iterable[LeaderboardRow], condition: Condition) -> list[LeaderboardRow]:
    """The methods of a cell by rank; those without one last, by value."""
    found = [entry for entry in standings if entry.condition == condition]
    return sorted(
        found, key=lambda entry: (entry.rank is None, entry.rank or -(entry.value or 0.0), entry.method)
    )


def higher_is_better(standings: Iterable[LeaderboardRow]) -> bool | None:
    """Read off the ranks; None where they name no direction (no ranks, or all alike)."""
    ranked = [(entry.rank, entry.value) for entry in standings if entry.rank and entry.value is not None]
    first, last = min(ranked, default=None), max(ranked, default=None)
    if first is None or last is None or first[1] == last[1]:
        return None
    return first[1] > last[1]


def by_image(rows: Sequence[StudyRow]) -> list[ImageValue]:
    """The rows of all seeds as one value an image, in the order of the test set.

    As in the leaderboard: the mean over explainer seeds, then over model seeds, of which none may miss.
    """
    seeds = {row.model_seed for row in rows}
    ordered = sorted(rows, key=lambda row: (row.image, row.model_seed, row.explainer_seed))
    return [_merged(list(group), seeds) for _, group in groupby(ordered, key=lambda row: row.image)]


def _merged(rows: list[StudyRow], seeds: set[int]) -> ImageValue:
    by_seed: dict[int, list[float]] = {}
    for row in rows:
        if row.value is not None and isfinite(row.value):
            by_seed.setdefault(row.model_seed, []).append(row.value)
    means = [fmean(values) for values in by_seed.values()]
    errors = dict.fromkeys(row.error for row in rows if row.error)
    return ImageValue(
        rows[0].image,
        rows[0].label,
        rows[0].target,
        fmean(means) if len(means) == len(seeds) else None,
        any(row.degenerate for row in rows),
        "; ".join(errors),
    )


def picks(
    values: Iterable[ImageValue], higher: bool | None, worst: int = 4, others: int = 2
) -> list[tuple[str, ImageValue]]:
    """The worst images, those around the median, and the best, each with its role; no image twice."""
    known = [entry for entry in values if entry.value is not None]
    ordered = sorted(known, key=lambda entry: (entry.value or 0.0, entry.image), reverse=higher is False)
    low, high = (LOWEST, HIGHEST) if higher is None else (WORST, BEST)
    count = len(ordered)
    if count <= worst + 2 * others:
        middle = (count - 1) // 2
        return [(low if k < middle else high if k > middle else MEDIAN, e) for k, e in enumerate(ordered)]
    middle = min(max((count - others + 1) // 2, worst), count - 2 * others)
    chosen = [(low, entry) for entry in ordered[:worst]]
    chosen += [(MEDIAN, entry) for entry in ordered[middle : middle + others]]
    return chosen + [(high, entry) for entry in ordered[-others:][::-1]]


def find_card(networks: Iterable[AnyNetwork], standing: LeaderboardRow, row: StudyRow) -> Card:
    """The checkpoint whose weights were measured; raises ``CheckpointError``."""
    wanted = (standing.dataset, standing.model, row.model_seed)
    for card in networks:
        if isinstance(card, Card) and (card.data, card.network, card.seed) == wanted:
            if card.sha256 == row.weights_sha:
                return card
            other = say("The checkpoint {name} has other weights than those measured.")
            raise CheckpointError(other.format(name=card.name))
    missing = say("There is no checkpoint of {data}, {network}, seed {seed}.")
    raise CheckpointError(
        missing.format(data=data_title(standing.dataset), network=standing.model, seed=row.model_seed)
    )


def explain_link(card: Card, image: int, method: str) -> dict[str, str | list[str]]:
    """What the Explain page shows of this image, as its link says it."""
    methods = dict.fromkeys([title(method), title("openbox")])
    found: dict[str, str | list[str]] = {
        "data": data_title(card.data), "network": network_label(card), "index": str(image),
        "methods": list(methods),
    }  # fmt: skip
    return found if current() == ENGLISH else found | {KEY: current()}  # its labels are of the language
