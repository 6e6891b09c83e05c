"""``Row``: what one gate layer does to a data set, in figures and as text."""

from collections.abc import Sequence
from dataclasses import dataclass

from openbox.geometry.clusters.groups import GateLayer, Groups
from openbox.geometry.clusters.purity import Members, Purity, purity


@dataclass(frozen=True)
class Summary:
    """How many clusters, the size of the largest, the share of the inputs in clusters of at least two, and
    the purity in label, None without labels."""

    clusters: int
    largest: int
    shared: float
    purity: Purity | None


@dataclass(frozen=True)
class Row:
    """One gate layer: its module's path, its kind and units; ``alone``: by this layer only; ``so_far``: by
    this layer and all before it."""

    module: str
    kind: str
    units: int
    alone: Summary
    so_far: Summary


def row(layer: GateLayer, labels: Members | None, shuffles: int, seed: int) -> Row:
    """One gate layer in figures."""

    def summary(groups: Groups) -> Summary:
        pure = None if labels is None else purity(groups.members, labels, shuffles, seed)
        return Summary(len(groups), groups.largest, groups.shared, pure)

    return Row(layer.module, layer.kind, layer.units, summary(layer.alone), summary(layer.so_far))


def lines(rows: Sequence[Row]) -> list[str]:
    """The rows as text, below two lines of headings."""
    head = f"{'clusters':>10}{'largest':>9}{'share':>8}{'pure':>7}{'chance':>8}"
    wide = max([len("gate layer"), *(len(_name(one)) for one in rows)])
    return [
        f"{'':{wide}}{'':>8} |{'this layer alone':>{len(head)}} |{'all layers so far':>{len(head)}}",
        f"{'gate layer':{wide}}{'units':>8} |{head} |{head}",
        *(f"{_name(r):{wide}}{r.units:>8} |{_figures(r.alone)} |{_figures(r.so_far)}" for r in rows),
    ]


def _name(one: Row) -> str:
    return f"{one.module or 'forward'} {one.kind}"


def _figures(one: Summary) -> str:
    pure = f"{one.purity.share:>7.3f}{one.purity.chance:>8.3f}" if one.purity else f"{'-':>7}{'-':>8}"
    return f"{one.clusters:>10}{one.largest:>9}{one.shared:>8.3f}{pure}"
