"""Randomisation: a blind map stays exactly the same, the cascade changes the top layers and nobody else."""

import copy
from dataclasses import replace

import pytest
import torch
from scipy.stats import rankdata
from small_cases import by_function, by_method, case_of, conv, fix, gradient, linear, part, pictures
from torch import Tensor, nn
from torch.testing import assert_close

from evaluation.case import Case, Explain
from evaluation.measurement import Measurement
from evaluation.scores.randomisation import RandomisationSettings, layers, measure, randomised
from openbox.errors import InputError

METRICS = ["spearman", "spearman_mean", "cosine", "cosine_mean"]


def found(case: Case, settings: RandomisationSettings | None = None) -> dict[str, Measurement]:
    return {m.metric: m for m in measure(case, settings or RandomisationSettings())}


def state(model: nn.Module) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in model.state_dict().items()}


def changed(before: dict[str, Tensor], model: nn.Module) -> set[str]:
    after = model.state_dict()
    return {key.rsplit(".", 1)[0] for key in before if not torch.equal(before[key], after[key])}


class Backwards(nn.Module):
    """Its layers are called in another order than they are written down, and one of them never."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(8, 4)
        self.unused = nn.Linear(3, 3)
        self.body = nn.Linear(36, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x.flatten(1)).relu())


class Scaled(nn.Module):
    """Has a parameter of its own and no way to draw a new one."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(36, 4))

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(1) @ self.scale


@pytest.mark.parametrize("name", ["edges", "random"])
def test_a_map_that_never_sees_the_network_stays_exactly_the_same(name: str) -> None:
    pixels = pictures(5)
    measured = found(case_of(conv(), by_method(name, pixels[:1] / 255), pixels))
    assert list(measured) == METRICS
    for m in measured.values():
        assert m.values.tolist() == [1, 1, 1]


def test_the_layers_are_those_with_weights_from_the_last_call_to_the_first() -> None:
    assert layers(conv(), torch.rand(1, 1, 6, 6)) == ["7", "5", "1", "0"]
    model = Backwards()
    fix(model)
    assert layers(model, torch.rand(1, 1, 6, 6)) == ["head", "body"]


def test_the_score_draws_the_top_layers_first() -> None:
    model, drawn = conv(), []

    def rebuild(fresh: nn.Module, seed: int) -> Explain:
        drawn.append(changed(before, fresh))
        return by_function(gradient)(fresh, seed)

    before, names = state(model), layers(model, torch.rand(1, 1, 6, 6))
    measure(case_of(model, rebuild, pictures(5)), RandomisationSettings(depths=len(names)))
    assert drawn[-len(names) :] == [set(names[:count]) for count in range(1, len(names) + 1)]


def test_the_cascade_changes_exactly_the_top_layers_and_never_the_model() -> None:
    model = conv()
    before = state(model)
    names = layers(model, torch.rand(1, 1, 6, 6))
    previous = model
    for count in range(1, len(names) + 1):
        fresh = randomised(model, names[:count], 3)
        assert changed(before, fresh) == set(names[:count])
        if count > 1:
            assert changed(state(previous), fresh) == {names[count - 1]}, "the top keeps its new weights"
        assert not any(module.training for module in fresh.modules())
        previous = fresh
    assert changed(before, model) == set()
    assert not any(module._forward_hooks for module in model.modules())


def test_the_seed_decides_the_weights_and_the_global_numbers_are_untouched() -> None:
    model = conv()
    before = torch.get_rng_state()
    first, again, other = (state(randomised(model, ["5"], seed)) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first["5.weight"], again["5.weight"])
    assert not torch.equal(first["5.weight"], other["5.weight"])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        expected = nn.Linear(36, 12)
    assert torch.equal(other["5.weight"], expected.weight), "the layer's own initialisation"


def test_the_values_are_the_similarities_of_maps_of_the_randomised_networks() -> None:
    """A linear network has one layer: the map of new weights by hand, ranks by SciPy."""
    model, pixels = linear(), pictures(5)
    case = case_of(model, by_method("openbox_weights", pixels[:1] / 255), pixels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        weight = nn.Linear(36, 4).weight.detach()[case.target]
    old = case.relevance.flatten(1)
    measured = found(case, RandomisationSettings(seed=7))
    expected = torch.nn.functional.cosine_similarity(old.double(), weight.double())
    assert_close(measured["cosine"].values, expected)
    ranks = [torch.from_numpy(rankdata(v.abs().numpy(), axis=1)) for v in (old, weight)]
    spearman = [float(torch.corrcoef(torch.stack(pair))[0, 1]) for pair in zip(*ranks, strict=True)]
    assert_close(measured["spearman"].values, torch.tensor(spearman, dtype=torch.float64))


def test_curves_run_from_the_map_itself_to_all_layers() -> None:
    pixels = pictures(5)
    case = case_of(conv(), by_function(gradient), pixels)
    measured = found(case)
    for name in ("spearman", "cosine"):
        curve = measured[name].curves
        assert curve is not None
        assert curve.shape == (3, 4)
        assert_close(curve[:, 0], torch.ones(3, dtype=torch.float64))
        assert torch.equal(curve[:, -1], measured[name].values)
        assert_close(curve[:, 1:].mean(1), measured[f"{name}_mean"].values)
        assert bool((curve[:, -1] < 0.99).all())
    top = found(case, RandomisationSettings(depths=2))["cosine"].curves
    assert top is not None
    assert torch.equal(top[:, 1], measured["cosine"].curves[:, 1])  # pyright: ignore[reportOptionalSubscript]


@pytest.mark.parametrize(
    ("depths", "count", "expected"),
    [(3, 4, [1, 2, 4]), (3, 21, [1, 11, 21]), (1, 4, [4]), (2, 4, [1, 4]), (9, 3, [1, 2, 3]), (3, 1, [1])],
)
def test_depths_are_the_top_layer_to_all(depths: int, count: int, expected: list[int]) -> None:
    assert RandomisationSettings(depths).counts(count) == expected


def test_rebuild_gets_the_same_explainer_seed_and_the_same_target() -> None:
    pixels = pictures(5)
    offsets: list[int] = []

    def rebuild(model: nn.Module, offset: int) -> Explain:
        offsets.append(offset)
        return by_function(lambda m, x, target: target[:, None, None, None] + x)(model, offset)

    case = case_of(conv(), rebuild, pixels)
    assert_close(found(case)["cosine"].values, torch.ones(3, dtype=torch.float64))
    assert set(offsets) == {0}


def test_an_empty_map_has_no_similarity() -> None:
    pixels = pictures(5)
    broken = by_function(lambda model, x, target: torch.full_like(x, torch.nan))
    case = case_of(conv(), by_function(lambda model, x, target: torch.zeros_like(x)), pixels)
    lost = replace(case, explanation=replace(case.explanation, values=case.x), rebuild=broken)
    for odd in (case, lost):
        assert all(bool(m.values.isnan().all()) for m in found(odd).values())


def test_neither_the_batch_nor_the_company_matters_nor_the_global_numbers() -> None:
    pixels = pictures(5)
    case = case_of(conv(), by_function(gradient), pixels)
    model = copy.deepcopy(case.model)
    before = torch.get_rng_state()
    whole, small = found(case), found(replace(case, batch=2))
    assert torch.equal(torch.get_rng_state(), before)
    assert changed(state(model), case.model) == set()
    for name, m in whole.items():
        assert_close(small[name].values, m.values)
        for i in range(3):
            assert_close(found(part(case, i))[name].values[0], m.values[i])


def test_a_network_that_cannot_forget_is_refused() -> None:
    with pytest.raises(InputError, match=r"randomisation: module '' \(Scaled\) has parameters of its own"):
        layers(Scaled(), torch.rand(1, 1, 6, 6))
    with pytest.raises(InputError, match="no layers with parameters"):
        layers(nn.Flatten(), torch.rand(1, 1, 6, 6))


@pytest.mark.parametrize("wrong", [{"depths": 0}, {"depths": -1}, {"depths": 1.5}, {"seed": -1}])
def test_senseless_settings_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match=r"randomisation: (depths|seed)"):
        RandomisationSettings(**wrong)
