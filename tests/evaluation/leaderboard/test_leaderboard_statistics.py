"""The leaderboard's statistics against known values and plain loops."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from evaluation.leaderboard.statistics import bootstrap
from evaluation.leaderboard.statistics.bootstrap import first_shares, generator, intervals, resampled_means
from evaluation.leaderboard.statistics.holm import holm
from evaluation.leaderboard.statistics.signed_rank import signed_rank
from evaluation.leaderboard.statistics.ties import ranks, tie_groups


def test_holm_gives_the_values_of_the_textbook() -> None:
    # 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1 lifted to its predecessor's
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.6, 0.7]), [1.0, 1.0])
    assert holm([]).shape == (0,)


def test_the_signed_rank_test_enumerates_all_signs() -> None:
    difference = np.array([1.0, -2.0, 3.0, 4.5, 5.0, -6.5, 7.0, 8.0])
    rank_of = np.argsort(np.argsort(np.abs(difference))) + 1
    observed = rank_of[difference > 0].sum()
    sums = [
        sum(r for r, bit in zip(rank_of, format(i, "08b"), strict=True) if bit == "1") for i in range(256)
    ]
    tail = min(sum(s >= observed for s in sums), sum(s <= observed for s in sums)) / 256
    found = signed_rank(difference, np.zeros(8))
    assert found.p == pytest.approx(2 * tail)
    assert found.direction == 1
    assert signed_rank(np.zeros(8), difference).direction == -1


@pytest.mark.parametrize(
    "sizes",
    [
        [1, 2, 3, 4, 5, 6, 7, 8],  # no ties
        [1, 1, 2, 2, 2, 4],  # mean ranks, halves among them
        [0, 0, 0, 1, 2, 2, 3],  # zeros take ranks 1 to 3
        [0, 0, 1, 1, 1, 1],
        [0, 5],
        [1],
    ],
)
def test_all_sign_patterns_of_a_few_images_by_scipy(sizes: list[float]) -> None:
    size = np.array(sizes, dtype=np.float64)
    for signs in product((-1.0, 1.0), repeat=int(np.count_nonzero(size))):
        difference = size.copy()
        difference[size > 0] *= signs
        theirs = stats.wilcoxon(difference, zero_method="pratt")
        found = signed_rank(difference, np.zeros(len(size)))
        assert found.p == pytest.approx(float(np.asarray(theirs)[1]), rel=0, abs=1e-12)


@pytest.mark.parametrize("n", [6, 13, 14, 50, 51, 80])
@pytest.mark.parametrize("kind", ["distinct", "ties", "zeros"])
def test_the_test_is_scipy_s_at_any_number_of_images(n: int, kind: str) -> None:
    """Also on both sides of 13 and of 50 images, where exact numbers end with and without ties."""
    difference = np.random.default_rng(n).normal(0.3, 1, n)
    if kind == "ties":
        difference = np.round(2 * difference - 0.5) + 0.5
    if kind == "zeros":
        difference[: 1 + n // 4] = 0
    theirs = float(np.asarray(stats.wilcoxon(difference, zero_method="pratt"))[1])
    assert 0.0001 < theirs < 1
    assert signed_rank(difference, np.zeros(n)).p == pytest.approx(theirs, rel=0, abs=1e-12)


def test_no_difference_and_nothing_in_common_are_no_evidence() -> None:
    a = np.array([1.0, 2.0, np.nan, 4.0])
    assert signed_rank(a, a).p == 1
    assert signed_rank(a, np.array([np.nan, np.nan, 3.0, np.nan])).p == 1
    assert signed_rank(a, a).direction == 0


def test_images_that_one_method_lacks_are_left_out_of_the_pair() -> None:
    random = np.random.default_rng(0)
    a, b = random.normal(0.5, 1, 60), random.normal(0, 1, 60)
    expected = stats.wilcoxon(a[5:], b[5:], zero_method="pratt")
    a[:5] = np.nan
    assert signed_rank(a, b).p == pytest.approx(float(np.asarray(expected)[1]))


def test_a_handful_that_differ_among_many_that_do_not() -> None:
    """Pratt's test sees what differs, as the sign test on the 30 does; splitting zeros gives p = 0.02."""
    difference = np.zeros(500)
    difference[:30] = 1
    assert signed_rank(difference, np.zeros(500)).p < 1e-6
    difference[:15] = -1
    assert signed_rank(difference, np.zeros(500)).p > 0.9


def test_resampled_means_are_those_of_a_plain_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(1).standard_normal((7, 3))
    values[2, 1] = values[5, 1] = np.nan
    drawn = generator("a", "b").integers(0, 7, (50, 7))
    expected = [[np.mean([values[i, f] for i in row if values[i, f] == values[i, f]]) for f in range(3)]
                for row in drawn]  # fmt: skip
    np.testing.assert_allclose(resampled_means(values, 50, generator("a", "b")), expected, rtol=1e-12)
    monkeypatch.setattr(bootstrap, "CHUNK", 20)  # memory is bounded, the numbers are the same
    np.testing.assert_allclose(resampled_means(values, 50, generator("a", "b")), expected, rtol=1e-12)


def test_the_interval_agrees_with_scipy() -> None:
    values = np.random.default_rng(2).exponential(size=(80, 1))
    low, high = intervals(values, resampled_means(values, 4000, generator("x")))
    theirs = stats.bootstrap(
        (values[:, 0],), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(3)
    ).confidence_interval
    # a quantile of 4000 draws has a standard error of sqrt(0.025 * 0.975 / 4000) / density, about 0.05 sd
    margin = 5 * 0.07 * values.std() / np.sqrt(80)
    assert abs(low[0] - theirs.low) < margin
    assert abs(high[0] - theirs.high) < margin


def test_the_interval_covers_the_true_mean_as_often_as_it_says() -> None:
    trials, n = 1000, 100
    values = np.random.default_rng(4).normal(size=(n, trials))  # one study a column
    low, high = intervals(values, resampled_means(values, 1000, generator("coverage")))
    covered = int(((low <= 0) & (high >= 0)).sum())
    # 0.9475: a percentile interval is narrower by sqrt((n - 1) / n) and uses normal quantiles, not Student's
    expected = float(2 * stats.t.cdf(1.96 * np.sqrt((n - 1) / n), n - 1) - 1)
    assert stats.binomtest(covered, trials, expected).pvalue > 1e-3


def test_one_image_has_no_interval() -> None:
    values = np.array([[1.0, np.nan], [2.0, 5.0]])
    low, high = intervals(values, resampled_means(values, 100, generator("x")))
    assert low[0] == 1.0
    assert high[0] == 2.0
    assert np.isnan([low[1], high[1]]).all()


def test_first_places_are_counted_and_shared() -> None:
    means = np.array([[3.0, 1.0, 3.0], [1.0, 2.0, np.nan], [np.nan, np.nan, np.nan], [5.0, 4.0, 3.0]])
    np.testing.assert_allclose(first_shares(means), [0.5, 1 / 3, 0.5 / 3])


def test_methods_that_the_images_tell_apart_stand_in_groups_of_their_own() -> None:
    noise = np.random.default_rng(5).normal(size=(5, 200))
    level = np.array([0.0, 3.0, 3.0, 1.0, 0.0])
    values = level[:, None] + 0.5 * noise
    values[2] = values[1]  # the same numbers
    values[4] = values[0]
    groups, p = tie_groups(values, values.mean(1))
    assert groups.tolist() == [3, 1, 1, 2, 3]
    assert np.isnan(p[1])
    assert p[2] == 1
    raw = [
        float(np.asarray(stats.wilcoxon(values[1] - values[i], zero_method="pratt"))[1]) for i in (0, 3, 4)
    ]
    np.testing.assert_allclose(p[[0, 3, 4]], holm([raw[0], 1.0, raw[1], raw[2]])[[0, 2, 3]])
    assert ranks(values.mean(1)).tolist() == [4, 1, 1, 3, 4]


def test_a_method_that_is_better_on_the_same_images_is_not_called_worse() -> None:
    """The leader's mean is higher only because it lacks the images on which all do badly."""
    random = np.random.default_rng(6)
    good = random.normal(size=100) * 0.1
    other = good + 0.5
    other[50:] -= 10
    leader = np.where(np.arange(100) < 50, good, np.nan)
    groups, p = tie_groups(np.stack([leader, other]), np.array([good[:50].mean(), other.mean()]))
    assert p[1] < 1e-6
    assert groups.tolist() == [1, 1]
