"""The sentences of the Geometry page. Pure functions."""

from collections.abc import Mapping, Sequence

from language.catalogue import count, figure, say
from language.mark import mark
from ui.words import number, percent, plain, short

from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice

INTRODUCTION = mark(
    "The network cuts the space of all pictures into **cells** (linear regions). Inside one cell it is one "
    "linear classifier: one fixed map of weights. At the border of a cell one unit of the network switches "
    "on or off, or a maximum is taken elsewhere, and the map changes."
)
OVERVIEW_HELP = mark(
    "The whole plane through the three pictures, **sampled**, not exact: the network was asked at a grid of "
    "{side} x {side} points, and the colour is its answer."
)
UNIT = mark("Distances are l2 norms of the change of all pixels, each between 0 and 1.")


NEAREST_HELP = mark(
    "Of all borders in all directions among all pixels, not only in the plane; borders on which the point "
    "itself lies are left out. conv1 is the first convolution; channels and positions (row, column) count "
    "from 0."
)


def slice_words(cut: Slice, budget: int) -> str:
    """How many cells, how much of the window they are, how exact they are; Markdown."""
    parts = count("**One cell**", "**{number} cells**", len(cut.polygons))
    if len(cut.boundary):
        parts += ", " + count(
            "{number} piece of decision boundary", "{number} pieces of decision boundary", len(cut.boundary)
        )
    if cut.covered > 1 - 1e-9:
        text = say("{parts}, exact: the whole window.").format(parts=parts)
    else:
        text = say(
            "{parts}, exact: {share} of the window: the budget of {budget} cells is spent, and what is "
            "grey was not computed."
        ).format(parts=parts, share=percent(cut.covered), budget=figure(f"{budget:,}"))
    error = say("Largest error against the network itself: {error}.").format(error=f"{cut.error:.0e}")
    return f"{text} {error}"


def window_words(half: float, plane_half: float, larger: bool) -> str:
    """How large the window is, against the overview."""
    text = say("The window is {width} wide, {factor} narrower than the plane at the left.")
    if larger:
        text = say(
            "The window is {width} wide, {factor} narrower than the plane at the left (its frame there is "
            "drawn larger than it is)."
        )
    return text.format(width=short(2 * half), factor=times(plane_half / half))


def times(factor: float) -> str:
    """A factor in words."""
    if factor >= 10:
        return count("{number} time", "{number} times", round(factor))
    return say("{number} times").format(number=figure(f"{factor:.1f}"))


def shares_words(shares: Mapping[int, float], classes: Sequence[str]) -> str:
    """Which classes the window shows."""
    if len(shares) == 1:
        name = classes[next(iter(shares))]
        return say("Everywhere in the window the answer is “{name}”.").format(name=name)
    part = say("“{name}” {share}")
    parts = [part.format(name=classes[best], share=percent(share)) for best, share in shares.items()]
    return say("Answers in the window: {answers}.").format(answers=", ".join(parts))


def slice_alt(cut: Slice, shares: Mapping[int, float], classes: Sequence[str]) -> str:
    """For those who cannot see the window."""
    cells = count(
        "The exact window with {number} cell.", "The exact window with {number} cells.", len(cut.polygons)
    )
    return f"{cells} {shares_words(shares, classes)}"


def cell_words(region: str, width: float, length: float) -> str:
    """The current cell: its id and how wide it is along the walk; Markdown."""
    text = say("Cell `{cell}`, {width} wide along the walk ({share} of it).")
    return text.format(cell=region[:8], width=short(width), share=_share(width / length))


def map_words(fingerprint: str, cell: str, before: tuple[str, str] | None) -> str:
    """What the fingerprint of the weights says; ``before``: that and the cell of the point before."""
    if before is None:
        change = say("Move the point: inside the cell not one bit of it changes.")
    elif before == (fingerprint, cell):
        change = say("The same bits as at the point before: still the same cell.")
    elif before[0] == fingerprint:
        change = say("Another cell, yet the same bits as before: what changed in between reaches no class.")
    else:
        change = say("It was `{fingerprint}` at the point before: another cell, other maps.")
        change = change.format(fingerprint=before[0])
    text = say("Fingerprint of the weights of all classes: `{fingerprint}`.").format(fingerprint=fingerprint)
    return f"{text} {change}"


def switches_words(walk: Segment, classes: Sequence[str]) -> str:
    """How many cells a walk crosses, and where the decision changes; Markdown."""
    cells = count("one cell.", "{number} cells.", len(walk.region_ids))
    if not walk.switches:
        return f"{cells} " + say("The decision never changes.")
    part = say("“{before}” → “{after}” at t = {t}")
    changes = ", ".join(
        part.format(before=classes[s.before], after=classes[s.after], t=figure(f"{s.t:.4f}"))
        for s in walk.switches[:6]
    )
    text = say("The decision changes: {changes}.")
    if len(walk.switches) > 6:
        text = say("The decision changes: {changes} and {number} more.")
    return f"{cells} " + text.format(changes=changes, number=len(walk.switches) - 6)


def crossing_words(sentences: Sequence[str], limit: int = 3) -> str:
    """What switched where the current cell begins; Markdown."""
    if not sentences:
        return say("The walk begins in this cell.")
    text = say("Where this cell begins: {changes}.")
    if len(sentences) > limit:
        text = say("Where this cell begins: {changes}; and {number} more.")
    changes = "; ".join(plain(sentence) for sentence in sentences[:limit])
    return text.format(changes=changes, number=figure(f"{len(sentences) - limit:,}"))


def nearest_words(sentence: str, step: float, norm: str) -> str:
    """The nearest border; Markdown."""
    change = plain(sentence[0].upper() + sentence[1:])
    text = say("{change}, **{distance}** away ({norm}).")
    return text.format(change=change, distance=short(step), norm=norm)


def counterfactual_words(before: str, after: str, distance: float, norm: str, lead: float, cells: int) -> str:
    """The nearest change of the decision that was found, and its check on the network; Markdown."""
    found = say("“{before}” becomes “{after}” at a distance of **{distance}** ({norm}).")
    found = found.format(before=plain(before), after=plain(after), distance=short(distance), norm=norm)
    walked = say("It lies in the cell of A.")
    if cells > 1:
        walked = count(
            "The search went through {number} cell.", "The search went through {number} cells.", cells
        )
    checked = say(
        "Checked on the network itself: there the logit of “{name}” leads by {lead}: the point lies just "
        "beyond the decision boundary."
    ).format(name=plain(after), lead=number(lead, 6))
    return f"{found} {walked} {checked}"


def certified_words(certified: bool) -> str:
    """What is known about nearer ones."""
    if certified:
        return say(
            "No point of the cell that it was found in is nearer and decided so; another cell may hold one."
        )
    return say("A nearer one may exist, in this cell or in another.")


def _share(value: float) -> str:
    return figure(f"{100 * value:.2g} %") if value >= 1e-5 else f"{value:.0e}"
