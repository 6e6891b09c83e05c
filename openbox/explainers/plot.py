"""An explanation as a matplotlib figure: maps as pictures, anything else as bars. No pyplot."""

import io
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from torch import Tensor

from openbox.display import colours
from openbox.explainers.explanation import Explanation

SHOWN = 8  # maps at most
_COLUMNS = 4
_SIDE = 512  # pixels of a drawn map; of larger ones every k-th pixel is drawn
_BARS = 30  # coordinates of an input that is no image, those with the largest values
_STEPS = np.linspace(0, 1, 256)


class Picture(Figure):
    """A figure that a notebook shows, whichever backend is chosen; it belongs to no window."""

    def _repr_png_(self) -> bytes:
        """It as a PNG file."""
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=100)
        return buffer.getvalue()


def plot(explanation: Explanation, shown: int = SHOWN) -> Picture:
    """The first ``shown`` maps, alike in colour, with the unit beside the scale."""
    values = explanation.values[:shown]
    count = max(1, len(values))
    columns = min(count, _COLUMNS)
    rows = -(-count // columns)
    figure = Picture(figsize=(2.6 * columns + 1.4, 2.6 * rows + 0.8), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for one in axes[len(values) :]:
        one.set_axis_off()
    if len(values) and _is_picture(values):
        _pictures(figure, list(axes), explanation, values)
    else:
        for number, (one, map_) in enumerate(zip(axes, values, strict=False)):
            _bars(one, map_, explanation, number)
    left_out = len(explanation.values) - len(values)
    more = f" (the first {len(values)} of {len(explanation.values)})" if left_out else ""
    figure.suptitle(f"{_clipped(explanation.receipt.claim)}{more}", fontsize=9)
    return figure


def _is_picture(values: Tensor) -> bool:
    return values.ndim in (3, 4) and min(values.shape[-2:]) > 1


def _pictures(figure: Picture, axes: list[Axes], explanation: Explanation, values: Tensor) -> None:
    step = max(1, -(-max(values.shape[-2:]) // _SIDE))
    thinned = values[..., ::step, ::step]
    planes = [
        np.nan_to_num(colours.plane(map_ if map_.ndim == 3 else map_[None], explanation.unit))
        for map_ in thinned
    ]
    limit = colours.limit(np.stack(planes))
    colour = colours.diverging if explanation.signed else colours.sequential
    for number, (one, plane) in enumerate(zip(axes, planes, strict=False)):
        one.imshow(colour(plane, limit), interpolation="nearest")
        one.set_title(f"input {number}", fontsize=9)
        one.set_xticks([])
        one.set_yticks([])
    stops = colours.DIVERGING if explanation.signed else colours.SEQUENTIAL
    reach = limit if limit > 0 else 1.0
    ends = Normalize(-reach if explanation.signed else 0, reach)
    scale = ScalarMappable(ends, ListedColormap(colours.coloured(_STEPS, stops) / 255))
    bar = figure.colorbar(scale, ax=axes, shrink=0.8)
    bar.set_label(_legend(explanation), fontsize=9)


def _bars(axes: Axes, map_: Tensor, explanation: Explanation, number: int) -> None:
    flat = np.nan_to_num(map_.detach().cpu().double().numpy().ravel())
    chosen = np.sort(np.argsort(-np.abs(flat), kind="stable")[:_BARS])
    limit = colours.limit(flat[chosen]) if len(chosen) else 0.0
    colour = colours.diverging if explanation.signed else colours.sequential
    places = np.arange(len(chosen))
    axes.bar(places, flat[chosen], color=list(colour(flat[chosen], limit) / 255.0), edgecolor="0.6")
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.set_xticks(places, [str(i) for i in chosen], fontsize=6, rotation=90)
    which = "" if len(chosen) == len(flat) else f": the {len(chosen)} largest of {len(flat):,}"
    axes.set_title(f"input {number}{which}", fontsize=9)
    axes.set_xlabel("coordinate", fontsize=8)
    axes.set_ylabel(_legend(explanation), fontsize=8)


def _legend(explanation: Explanation) -> str:
    return f"{explanation.unit}\n" + (
        "red supports, blue opposes" if explanation.signed else "darker is more"
    )


def _clipped(text: Any, most: int = 90) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
