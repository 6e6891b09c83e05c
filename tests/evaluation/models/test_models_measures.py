"""What is measured of a network, against numbers by hand and against trying everything."""

from itertools import permutations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from evaluation.models.choice import choose, read_requirement, sentence
from evaluation.models.facts import MEASURES
from evaluation.models.flipping import search, total_of
from evaluation.models.maps import needed
from evaluation.models.measures import CRITERIA
from evaluation.models.over_seeds import OverSeeds, front, sure
from evaluation.models.regions import borders, occupied, segments
from evaluation.models.spread import pixel_spread
from evaluation.models.study import Sampling
from evaluation.models.subject import ModelSubject
from evaluation.whole.facts import Fact
from evaluation.whole.images import first
from openbox.errors import InputError
from openbox.geometry.clusters.purity import purity
from openbox.zoo import build, load

DIGITS = load("digits")
SAMPLING = Sampling(regions=100, maps=30, segments=4, borders=3)


def subject(model: nn.Module) -> ModelSubject:
    return ModelSubject(model.eval(), DIGITS, SAMPLING)


def test_a_linear_network_is_one_region_of_purity_by_chance() -> None:
    linear = subject(build("linear(raw=true)", (1, 8, 8), 10))
    assert occupied(linear) == {"regions": 0.01, "sharing": 1.0, "active units": None}
    assert segments(linear)["regions on a segment"] == 1
    assert borders(linear) == {"border distance": None}
    labels = linear.clusters.labels
    assert labels is not None
    pure = purity(linear.clusters.regions.members, labels)
    assert pure.share == pure.chance == np.bincount(labels).max() / 100


def test_active_units_and_decision_features_are_those_of_the_weights() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build("dense(width=8,depth=1,norm=false,raw=true)", (1, 8, 8), 10)
    dense = subject(model)
    one, last = model[1], model[3]  # pyright: ignore[reportIndexIssue]
    hidden = one(dense.x(100).flatten(1))
    assert occupied(dense)["active units"] == pytest.approx(float((hidden > 0).double().mean()), abs=1e-9)
    features, decided = dense.features
    for n in range(5):
        w = last.weight[:, hidden[n] > 0] @ one.weight[hidden[n] > 0]
        c = int(decided[n])
        others = torch.cat((w[:c], w[c + 1 :])).mean(0)
        torch.testing.assert_close(features[n], (w[c] - others).detach().double(), rtol=1e-4, atol=1e-5)


def test_shares_by_hand() -> None:
    rows = torch.tensor([[5.0, 0, 0, 0], [1, -1, 1, -1], [0, 0, 0, 0], [8, 1, 1, 0]])
    assert needed(rows)[[0, 1, 3]].tolist() == [0.25, 1.0, 0.5]
    assert bool(needed(rows)[2].isnan())


@pytest.mark.parametrize("seed", range(3))
def test_a_wide_beam_finds_the_best_and_the_worst_of_all_orders(seed: int) -> None:
    features = 5
    table = torch.rand(2**features, generator=torch.Generator().manual_seed(seed))

    def answers(removed: Tensor) -> Tensor:
        return table[(removed.long() * 2 ** torch.arange(features)).sum(1)]

    totals = [total_of(answers, torch.tensor(order)) for order in permutations(range(features))]
    assert search(answers, features, 100, 1) == pytest.approx(min(totals))
    assert search(answers, features, 100, -1) == pytest.approx(max(totals))
    assert search(answers, features, 1, 1) >= min(totals) - 1e-9


def facts(*rows: tuple[str, int, float, float]) -> list[Fact]:
    return [
        Fact(name, f"seed {seed}", MEASURES, "", metric, value)
        for name, seed, *values in rows
        for metric, value in zip(("accuracy", "gini"), values, strict=True)
    ]


FACTS = facts(
    ("good", 0, 0.99, 0.50), ("good", 1, 0.97, 0.52),
    ("clear", 0, 0.95, 0.70), ("clear", 1, 0.93, 0.74),
    ("bad", 0, 0.90, 0.60), ("bad", 1, 0.90, 0.60),
)  # fmt: skip


def test_the_front_and_the_choice_by_hand() -> None:
    assert front(FACTS, CRITERIA["sparsity"]) == ["good", "clear"]
    found = choose(FACTS, [], "sparsity")
    assert (found.name, found.best) == ("clear", "good")
    assert found.cost.mean == pytest.approx(-0.04)
    assert found.cost.half == pytest.approx(0, abs=1e-9), "by seeds, the difference is always the same"
    assert found.gain.mean == pytest.approx(0.21)
    strict = [read_requirement("accuracy >= 0.98")]
    assert choose(FACTS, strict, "sparsity").name == "good"
    assert "no network of the study is more accurate" in sentence(
        choose(FACTS, strict, "sparsity"), strict, "sparsity"
    )
    with pytest.raises(InputError, match=r"no network has sparsity>=0\.9; the nearest is clear with 0\.72"):
        choose(FACTS, [read_requirement("sparsity>=0.9")], "accuracy")


def test_intervals_tell_a_network_on_the_front_from_all_others_or_do_not() -> None:
    by, seeds = CRITERIA["sparsity"], range(3)
    told = facts(
        *(("good", seed, 0.98 + 0.001 * seed, 0.50) for seed in seeds),
        *(("clear", seed, 0.94 - 0.001 * seed, 0.70 + 0.01 * seed) for seed in seeds),
    )
    assert [sure(told, by, name) for name in front(told, by)] == [True, True]
    near = [*told, *facts(*(("near", seed, 0.94 - 0.005 * seed, 0.72 - 0.02 * seed) for seed in seeds))]
    assert front(near, by) == ["good", "clear"]
    assert [sure(near, by, name) for name in front(near, by)] == [True, False], "near may be better in both"
    one_seed = [fact for fact in told if fact.setting == "seed 0"]
    assert sure(one_seed, by, "good") is None


def test_pixels_that_never_vary_do_not_count() -> None:
    seen = first(DIGITS, 50)
    spread = pixel_spread(seen)
    pixels = seen.batch(slice(None)).flatten(1).double().numpy()
    torch.testing.assert_close(spread, torch.from_numpy(pixels.std(0)))
    assert float(spread[0]) == 0, "the corner of these digits is always empty"


def test_of_equals_the_more_accurate_is_chosen_and_what_was_not_measured_is_said() -> None:
    level = facts(("first", 0, 0.97, 0.7), ("second", 0, 0.98, 0.7))
    assert choose(level, [], "sparsity").name == "second"
    with pytest.raises(InputError, match="nothing was measured that --prefer agreement needs"):
        choose(level, [], "agreement")
    both = [read_requirement("accuracy>=0.96"), read_requirement("sparsity>=0.71")]
    with pytest.raises(
        InputError, match=r"sparsity>=0\.71 and accuracy>=0\.96; the nearest is first with 0\.7"
    ):
        choose([*level, *facts(("third", 0, 0.5, 0.9))], both, "accuracy")


def test_an_interval_over_seeds_is_that_of_student() -> None:
    found = OverSeeds.of([1.0, 2.0, 3.0])
    assert found.mean == 2
    assert found.half == pytest.approx(4.302652729911275 / 3**0.5)
    assert OverSeeds.of([1.0]).half is None
