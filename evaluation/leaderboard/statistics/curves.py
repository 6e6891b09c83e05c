"""``mean_curves``: what the curves of a group's images look like on average."""

import numpy as np
import pandas as pd

from ...schema import CurvePoint, columns
from ..grouping.groups import Group
from .bootstrap import generator, intervals, resampled_means


def mean_curves(group: Group, config_sha: str, resamples: int) -> pd.DataFrame | None:
    """One row for each method and point: ``x`` the share removed, 0 to 1, mean over images, 95 % interval.

    The interval is that of each point by itself. None for a group without curves.
    """
    if group.curves is None or np.isnan(group.curves).all():
        return None
    _, images, points = group.curves.shape
    known = np.flatnonzero(~np.isnan(group.curves[:, :, 0]).all(axis=1))
    values = group.curves[known].transpose(1, 0, 2).reshape(images, -1).astype(np.float64)
    means = resampled_means(values, resamples, generator(config_sha, "curves", *group.key))
    low, high = intervals(values, means)
    conditions: dict[str, object] = {
        "dataset": group.dataset,
        "model": group.model,
        "model_seed": group.model_seed,
        "metric": group.name,
        "order": group.order,
        "fill": group.fill,
        "score_space": group.score_space,
    }
    numbers = {
        "method": np.repeat([group.methods[i] for i in known], points),
        "x": np.tile(np.linspace(0, 1, points), len(known)),
        "value": np.nanmean(values, axis=0),
        "ci_low": low,
        "ci_high": high,
    }
    return pd.DataFrame(conditions | numbers, columns=pd.Index(columns(CurvePoint)))
