"""The sentences of the Geometry page. Pure functions."""

from collections.abc import Mapping, Sequence

from ui.words import number, percent, plain, short

from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice

INTRODUCTION = (
    "The network cuts the space of all pictures into **cells** (linear regions). Inside one cell it is one "
    "linear classifier: one fixed map of weights. At the border of a cell one unit of the network switches "
    "on or off, or a maximum is taken elsewhere, and the map changes."
)
OVERVIEW_HELP = (
    "The whole plane through the three pictures, **sampled**, not exact: the network was asked at a grid of "
    "{side} x {side} points, and the colour is its answer."
)
UNIT = "Distances are l2 norms of the change of all pixels, each between 0 and 1."


NEAREST_HELP = (
    "Of all borders in all directions among all pixels, not only in the plane; borders on which the point "
    "itself lies are left out. conv1 is the first convolution; channels and positions (row, column) count "
    "from 0."
)


def slice_words(cut: Slice, budget: int) -> str:
    """How many cells, how much of the window they are, how exact they are; Markdown."""
    count = f"**{len(cut.polygons):,} cells**" if len(cut.polygons) > 1 else "**One cell**"
    if cut.covered > 1 - 1e-9:
        share = "the whole window"
    else:
        share = (
            f"{percent(cut.covered)} of the window: the budget of {budget:,} cells is spent, and what is "
            "grey was not computed"
        )
    edges = f", {len(cut.boundary):,} pieces of decision boundary" if len(cut.boundary) else ""
    return f"{count}{edges}, exact: {share}. Largest error against the network itself: {cut.error:.0e}."


def window_words(half: float, plane_half: float, larger: bool) -> str:
    """How large the window is, against the overview."""
    ratio = times(plane_half / half)
    text = f"The window is {short(2 * half)} wide, {ratio} narrower than the plane at the left"
    return text + (" (its frame there is drawn larger than it is)." if larger else ".")


def times(factor: float) -> str:
    """A factor in words."""
    return f"{factor:,.0f} times" if factor >= 10 else f"{factor:.1f} times"


def shares_words(shares: Mapping[int, float], classes: Sequence[str]) -> str:
    """Which classes the window shows."""
    parts = [f"“{classes[best]}” {percent(share)}" for best, share in shares.items()]
    if len(parts) == 1:
        return f"Everywhere in the window the answer is “{classes[next(iter(shares))]}”."
    return "Answers in the window: " + ", ".join(parts) + "."


def slice_alt(cut: Slice, shares: Mapping[int, float], classes: Sequence[str]) -> str:
    """For those who cannot see the window."""
    return f"The exact window with {len(cut.polygons):,} cells. {shares_words(shares, classes)}"


def cell_words(region: str, width: float, length: float) -> str:
    """The current cell: its id and how wide it is along the walk; Markdown."""
    return f"Cell `{region[:8]}`, {short(width)} wide along the walk ({_share(width / length)} of it)."


def map_words(fingerprint: str, cell: str, before: tuple[str, str] | None) -> str:
    """What the fingerprint of the weights says; ``before``: that and the cell of the point before."""
    text = f"Fingerprint of the weights of all classes: `{fingerprint}`. "
    if before is None:
        return text + "Move the point: inside the cell not one bit of it changes."
    if before == (fingerprint, cell):
        return text + "The same bits as at the point before: still the same cell."
    if before[0] == fingerprint:
        return text + "Another cell, yet the same bits as before: what changed in between reaches no class."
    return text + f"It was `{before[0]}` at the point before: another cell, other maps."


def switches_words(walk: Segment, classes: Sequence[str]) -> str:
    """How many cells a walk crosses, and where the decision changes; Markdown."""
    count = len(walk.region_ids)
    text = f"{count:,} cells. " if count > 1 else "one cell. "
    if not walk.switches:
        return text + "The decision never changes."
    parts = [f"“{classes[s.before]}” → “{classes[s.after]}” at t = {s.t:.4f}" for s in walk.switches[:6]]
    more = f" and {len(walk.switches) - 6} more" if len(walk.switches) > 6 else ""
    return text + "The decision changes: " + ", ".join(parts) + more + "."


def crossing_words(sentences: Sequence[str], limit: int = 3) -> str:
    """What switched where the current cell begins; Markdown."""
    if not sentences:
        return "The walk begins in this cell."
    shown = "; ".join(plain(sentence) for sentence in sentences[:limit])
    more = f"; and {len(sentences) - limit:,} more" if len(sentences) > limit else ""
    return f"Where this cell begins: {shown}{more}."


def nearest_words(sentence: str, step: float, norm: str) -> str:
    """The nearest border; Markdown."""
    return f"{plain(sentence[0].upper() + sentence[1:])}, **{short(step)}** away ({norm})."


def counterfactual_words(before: str, after: str, distance: float, norm: str, lead: float, cells: int) -> str:
    """The nearest change of the decision that was found, and its check on the network; Markdown."""
    walked = f"The search went through {cells:,} cells." if cells > 1 else "It lies in the cell of A."
    return (
        f"“{plain(before)}” becomes “{plain(after)}” at a distance of **{short(distance)}** ({norm}). "
        f"{walked} Checked on the network itself: there the logit of “{plain(after)}” leads by "
        f"{number(lead, 6)}: the point lies just beyond the decision boundary."
    )


def certified_words(certified: bool) -> str:
    """What is known about nearer ones."""
    if certified:
        return (
            "No point of the cell that it was found in is nearer and decided so; another cell may hold one."
        )
    return "A nearer one may exist, in this cell or in another."


def _share(value: float) -> str:
    return f"{100 * value:.2g} %" if value >= 1e-5 else f"{value:.0e}"
