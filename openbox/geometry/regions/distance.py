"""The distance from a point to the nearest border of its region, over all gates, or a bound of it.

|m_i| / ||J_i||* is the distance to the hyperplane of margin m_i; the smallest of all is that to the border.
"""

import math

import torch
from torch import Tensor

from openbox.geometry.regions.crossing import Crossing, units_at
from openbox.geometry.regions.jacobian import by_coordinates, by_margins, places_of
from openbox.geometry.regions.margins import LocalMargins
from openbox.geometry.tolerances import DOUBT
from openbox.progress import OnCount

DUAL = {1: math.inf, 2: 2.0, math.inf: 1.0}
_DEARER = 3  # a backward pass of one margin costs as much as so many forward passes


def nearest(
    local: LocalMargins, norm: float, budget: int | None, seed: int, progress: OnCount | None
) -> Crossing:
    """The nearest border in that norm; with ``budget`` no more passes than that, and a gap."""
    count = sum(int(margins.isfinite().sum()) for margins in local.margins)
    if count == 0:
        return Crossing(math.inf, None)
    dual = DUAL[norm]
    if budget is not None and budget < min(local.size, count):
        return _bounded(local, dual, budget, seed, progress)
    if _DEARER * count < local.size:
        places = places_of([margins.isfinite() for margins in local.margins])
        distances = _of_places(local, dual, places, progress)
    else:
        norms = row_norms(local, dual, progress)
        distances = torch.cat([(m / n).flatten() for m, n in zip(local.margins, norms, strict=True)])
        distances = torch.where(distances.isnan(), torch.inf, distances)  # 0 / 0: a tie that nothing moves
        places = places_of([torch.ones_like(margins, dtype=torch.bool) for margins in local.margins])
    best = int(distances.argmin())
    step = float(distances[best])
    return _crossing(local, step, places[best], 0.0)


def row_norms(local: LocalMargins, order: float, progress: OnCount | None = None) -> list[Tensor]:
    """The ``order``-norms of the rows of the Jacobian of all margins: (units, neighbours) for each gate.

    Zero for a margin that is constant on the region, NaN for no neighbour. The Jacobian is never stored:
    it comes as columns, by forward passes on the d coordinates, some at a time, and is summed up.
    """
    sums = [torch.zeros_like(margins) for margins in local.margins]
    for some, columns in by_coordinates(local):
        for total, column in zip(sums, columns, strict=True):
            if order == 2:  # a tenth of the time of vector_norm
                total += torch.mul(column, column, out=column).sum(0)
            elif order == 1:
                total += column.abs_().sum(0)
            else:
                torch.maximum(total, column.abs_().amax(0), out=total)
        if progress is not None:
            progress(some.stop, local.size)
    norms = [(total.sqrt_() if order == 2 else total).div_(local.reach) for total in sums]
    largest = [float(found.nan_to_num(0.0).max()) if found.numel() else 0.0 for found in norms]
    limits = local.flat_limits(largest)
    return [torch.where(found <= limit, 0.0, found) for found, limit in zip(norms, limits, strict=True)]


def _of_places(local: LocalMargins, dual: float, places: Tensor, progress: OnCount | None) -> Tensor:
    """The distances (G,) to the hyperplanes of some margins, by a backward pass each."""
    norms = []
    for rows in by_margins(local, places):
        norms.append(torch.linalg.vector_norm(rows, dual, 1))
        if progress is not None:
            progress(sum(map(len, norms)), len(places))
    found = torch.cat(norms)
    layers = len(local.margins)
    steepest = [float(found[places[:, 0] == layer].amax()) if bool((places[:, 0] == layer).any()) else 0.0
                for layer in range(layers)]  # fmt: skip
    limits = found.new_tensor(local.flat_limits(steepest))[places[:, 0]]
    margins = torch.stack([local.margins[layer][unit, side] for layer, unit, side in places.tolist()])
    return torch.where(found > limits, margins / found, torch.inf)


def _bounded(local: LocalMargins, dual: float, budget: int, seed: int, progress: OnCount | None) -> Crossing:
    """Half of the passes bound all rows at once, the others measure those that may be nearest."""
    probes = max(1, budget // 2)
    least = lower_bounds(local, dual, probes, seed)
    if progress is not None:
        progress(probes, budget)
    order = least.argsort()[: budget - probes + 1]
    order = order[least[order].isfinite()]
    if len(order) == 0:
        return Crossing(math.inf, None)
    chosen, others = order[: budget - probes], order[budget - probes :]
    places = places_of([torch.ones_like(margins, dtype=torch.bool) for margins in local.margins])[chosen]
    distances = _of_places(local, dual, places, None)
    if progress is not None:
        progress(budget, budget)
    best = int(distances.argmin())
    step = float(distances[best])
    bound = float(least[others[0]]) if len(others) else math.inf
    return _crossing(local, step, places[best], max(0.0, step - bound))


def lower_bounds(local: LocalMargins, dual: float, probes: int, seed: int) -> Tensor:
    """For the distance to each margin's hyperplane a bound from below (M,), from random directions.

    For a random normal direction g, (J_i g)^2 / ||J_i||^2 is chi-squared with one degree of freedom. So k
    directions bound every ||J_i||_2 from above but for a probability of 1e-9 over all rows together, and
    ||J_i||_inf <= ||J_i||_2, ||J_i||_1 <= sqrt(d) ||J_i||_2 the other norms.
    """
    generator = torch.Generator().manual_seed(seed)
    squares = [torch.zeros_like(margins) for margins in local.margins]
    for start in range(0, probes, local.at_once):
        count = min(local.at_once, probes - start)
        noise = torch.randn((count, *local.x.shape[1:]), generator=generator, dtype=torch.float64)
        for total, slopes in zip(squares, local.slopes(noise.to(local.x.device)), strict=True):
            total += slopes.square().sum(0)
    from scipy.special import gammaincinv  # SciPy's packages are slow to import, and most answers need none

    rows = sum(margins.numel() for margins in local.margins)
    low = 2 * float(gammaincinv(probes / 2, DOUBT / rows))  # the chi-squared quantile
    factor = math.sqrt(low) / (math.sqrt(local.size) if dual == 1 else 1)
    least = torch.cat([(m / s.sqrt()).flatten() for m, s in zip(local.margins, squares, strict=True)])
    return torch.where(least.isnan(), torch.inf, least) * factor  # 0 / 0: a tie that nothing moves


def _crossing(local: LocalMargins, step: float, place: Tensor, gap: float) -> Crossing:
    if math.isinf(step):
        return Crossing(math.inf, None, gap)
    return Crossing(step, units_at(local, place[None])[0], gap)
