"""Means under resampling of images: how far a mean, and who is first, hang on these very images."""

import hashlib

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
COVERAGE = 0.95
CHUNK = 4_000_000  # drawn indices held at once


def generator(*words: str) -> np.random.Generator:
    """Random numbers that depend on these words only: on no clock, no order, no other group."""
    digest = hashlib.sha256("\x1f".join(words).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


def resampled_means(
    values: NDArray[np.float64], resamples: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """(resamples, F) means of ``values`` (n, F) over n rows drawn with replacement.

    The rows are images and are drawn for all F columns at once, so that the columns stay paired. NaN
    is left out of its column's mean; NaN where a draw holds nothing else. Cost: resamples * n * F.
    """
    n = len(values)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    means = np.empty((resamples, values.shape[1]))
    step = max(1, CHUNK // n)
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = random.integers(0, n, (rows, n)) + n * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        sizes = n if known.all() else counts @ known.astype(np.float64)
        with np.errstate(invalid="ignore"):
            means[start : start + rows] = counts @ filled / sizes
    return means


def intervals(
    values: NDArray[np.float64], means: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentile intervals (F,), (F,) from ``means`` (resamples, F) of ``values`` (n, F).

    NaN for a column with fewer than two known values: one image says nothing about its spread.
    """
    low, high = np.full((2, values.shape[1]), np.nan)
    enough = np.count_nonzero(~np.isnan(values), axis=0) >= 2
    ends = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
    chosen = means[:, enough]
    quantile = np.nanquantile if np.isnan(chosen).any() else np.quantile
    if enough.any():
        low[enough], high[enough] = quantile(chosen, ends, axis=0)
    return low, high


def first_shares(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """(F,) share of the resamples in which a column of ``means`` (resamples, F) is the highest.

    Columns that are equal up to rounding share a first place. NaN never is first.
    """
    means = np.where(np.isnan(means), -np.inf, means)
    best = means.max(1, keepdims=True)
    known = np.isfinite(best[:, 0])
    means, best = means[known], best[known]
    first = means >= best - 1e-12 * np.maximum(1.0, np.abs(best))
    return (first / first.sum(1, keepdims=True)).mean(0)
