"""Garbage in, one short sentence out: every public verb refuses by its own name, without printing tensors."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import openbox
from openbox import errors
from openbox.errors import InputError, OpenBoxError, named, shown

MODEL = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
GARBAGE: dict[str, Any] = {
    "None": None,
    "a list": [1.0, 2.0, 3.0],
    "a string": "x" * 10_000,
    "another shape": torch.zeros(5, 7),
    "NaN": torch.full((1, 3), torch.nan),
    "10,000 numbers": torch.arange(10_000.0),
    "a list of tensors": [torch.arange(10_000.0)] * 3,
    "a fraction": 2.5,
}


class Subjects:
    """A network and one of each result, made once."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.x = torch.rand(1, 3)
        self.batch = torch.rand(4, 3)
        self.net = openbox.capture(MODEL, self.x)
        self.piece = self.net.linearize(self.x)
        self.region = self.net.region(self.x)
        self.segment = self.net.segment(self.x, self.batch[:1])
        self.clusters = openbox.cluster(self.net, self.batch, [0, 1, 0, 1])


@pytest.fixture(scope="module")
def made() -> Subjects:
    return Subjects()


OWN = "None"  # None is the default there, and means something
Call = Callable[[Subjects, Any], object]
# the name that must open the message, what is called with the garbage, and the garbage that is none there
VERBS: list[tuple[str, str, Call, set[str]]] = [
    ("openbox.capture", "model", lambda s, bad: openbox.capture(bad, s.x), set()),
    ("openbox.capture", "example", lambda s, bad: openbox.capture(MODEL, bad), {"NaN", "another shape"}),
    ("openbox.capture", "output", lambda s, bad: openbox.capture(MODEL, s.x, bad), {OWN}),
    ("original", "x", lambda s, bad: s.net.original(bad), set()),
    ("linearize", "x", lambda s, bad: s.net.linearize(bad), set()),
    ("linearize", "classes", lambda s, bad: s.net.linearize(s.x, bad), {OWN}),
    ("readout", "x", lambda s, bad: s.net.readout(bad, torch.eye(2)), set()),
    ("readout", "coefficients", lambda s, bad: s.net.readout(s.x, bad), set()),
    ("segment", "a", lambda s, bad: s.net.segment(bad, s.x), set()),
    ("segment", "b", lambda s, bad: s.net.segment(s.x, bad), set()),
    ("segment.interval", "t", lambda s, bad: s.segment.interval(bad), set()),
    ("segment.logits_at", "t", lambda s, bad: s.segment.logits_at(bad), set()),
    ("slice", "origin", lambda s, bad: s.net.slice(bad, s.x, s.batch[:1], 1.0), set()),
    ("slice", "u", lambda s, bad: s.net.slice(s.x, bad, s.x, 1.0), set()),
    ("slice", "v", lambda s, bad: s.net.slice(s.x, s.x, bad, 1.0), set()),
    ("slice", "extent", lambda s, bad: s.net.slice(s.x, s.x, s.batch[:1], bad), {"a fraction"}),
    ("slice", "limit", lambda s, bad: s.net.slice(s.x, s.x, s.batch[:1], 1.0, bad), {OWN}),
    ("region", "x", lambda s, bad: s.net.region(bad), set()),
    ("counterfactual", "x", lambda s, bad: s.net.counterfactual(bad), set()),
    ("counterfactual", "target", lambda s, bad: s.net.counterfactual(s.x, bad), {OWN}),
    ("counterfactual", "norm", lambda s, bad: s.net.counterfactual(s.x, norm=bad), set()),
    ("counterfactual", "bounds", lambda s, bad: s.net.counterfactual(s.x, bounds=bad), {OWN}),
    ("counterfactual", "starts", lambda s, bad: s.net.counterfactual(s.x, starts=bad), set()),
    ("counterfactual", "regions", lambda s, bad: s.net.counterfactual(s.x, regions=bad), set()),
    ("piece(points)", "points", lambda s, bad: s.piece(bad), set()),
    ("region.contains", "points", lambda s, bad: s.region.contains(bad), set()),
    ("region.exit", "direction", lambda s, bad: s.region.exit(bad), set()),
    ("region.distance", "norm", lambda s, bad: s.region.distance(bad), set()),
    ("region.distance", "budget", lambda s, bad: s.region.distance(budget=bad), {OWN}),
    ("region.distance", "seed", lambda s, bad: s.region.distance(seed=bad), set()),
    ("region.halfspaces", "limit", lambda s, bad: s.region.halfspaces(bad), set()),
    ("region.minimal", "bounds", lambda s, bad: s.region.minimal(bad), {OWN}),
    ("region.minimal", "limit", lambda s, bad: s.region.minimal(limit=bad), set()),
    ("region.chebyshev", "bounds", lambda s, bad: s.region.chebyshev(bad), {OWN}),
    ("region.chebyshev", "limit", lambda s, bad: s.region.chebyshev((0, 1), bad), set()),
    ("region.facets", "rays", lambda s, bad: s.region.facets(bad), set()),
    ("region.facets", "seed", lambda s, bad: s.region.facets(seed=bad), set()),
    ("cluster", "net", lambda s, bad: openbox.cluster(bad, s.batch), set()),
    ("cluster", "inputs", lambda s, bad: openbox.cluster(s.net, bad), set()),
    ("cluster", "labels", lambda s, bad: openbox.cluster(s.net, s.batch, bad), {OWN}),
    ("clusters.neighbours", "k", lambda s, bad: s.clusters.neighbours(bad), set()),
    ("clusters.neighbours", "layer", lambda s, bad: s.clusters.neighbours(1, bad), {OWN}),
    ("clusters.distances", "rows", lambda s, bad: s.clusters.distances(bad), {OWN}),
    ("clusters.common", "i", lambda s, bad: s.clusters.common(bad, 0), set()),
    ("clusters.hamming", "j", lambda s, bad: s.clusters.hamming(0, bad), set()),
    ("clusters.parents", "level", lambda s, bad: s.clusters.parents(bad), set()),
    ("clusters.table", "shuffles", lambda s, bad: s.clusters.table(bad), set()),
]  # fmt: skip


CASES = {
    f"{name} {argument} {garbage}": (name, call, bad)
    for name, argument, call, good in VERBS
    for garbage, bad in GARBAGE.items()
    if garbage not in good
}


@pytest.mark.parametrize("case", CASES)
def test_garbage_is_refused_by_the_verb_that_was_called(made: Subjects, case: str) -> None:
    name, call, bad = CASES[case]
    with pytest.raises(OpenBoxError) as caught:
        call(made, bad)
    message = str(caught.value)
    assert message.startswith((f"{name}: ", f"{name}("))
    assert len(message) <= 400
    assert "tensor(" not in message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_each_verb_advises_what_it_takes(made: Subjects) -> None:
    refused: dict[Callable[[], object], tuple[str, str]] = {
        lambda: made.region.halfspaces(10): ("region.halfspaces: 4 half-spaces", "raise limit="),
        lambda: made.region.chebyshev(limit=10): ("region.chebyshev: 4 half-spaces", "raise limit="),
        lambda: made.region.minimal(limit=1): ("region.minimal: 4 half-spaces", r"facets()"),
        lambda: made.net.slice(made.x, made.x, made.x, 1.0): ("slice: u and v are parallel", "two different"),
    }
    for call, (start, advice) in refused.items():
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value).startswith(start)
        assert advice in str(caught.value)


def test_minimal_does_not_advise_a_limit_that_cannot_help(
    made: Subjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openbox.geometry.regions.region._GIGABYTE", 10)
    with pytest.raises(
        InputError, match=r"^region\.minimal: 4 half-spaces .* limit of 10; ask facets\(\)"
    ) as caught:
        made.region.minimal()
    assert "limit=" not in str(caught.value)


def test_the_innermost_verb_names_an_error() -> None:
    with pytest.raises(InputError, match=r"^inner: found; do$"), named("outer"), named("inner"):
        raise InputError("found; do")
    with pytest.raises(ValueError, match=r"^a plain error$"), named("outer"):
        raise ValueError("a plain error")


EVERY: list[OpenBoxError] = [
    errors.UnknownNameError("network", "vgg", ["mlp", "cnn"]),
    errors.DataNotFoundError("mnist", "data", False, OSError("gone")),
    errors.NotPiecewiseLinearError("aten.gelu", "body", "GELU", "line 3", "no rule", "use ReLU"),
    InputError("found; do"),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_an_error_survives_another_process_with_its_message_and_its_kind(error: OpenBoxError) -> None:
    with pytest.raises(OpenBoxError), named("verb"):
        raise error
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert str(again).startswith("verb: ")
        assert again.__dict__ == error.__dict__
    assert isinstance(error, KeyError) == isinstance(error, errors.UnknownNameError)
    assert isinstance(error, ValueError) == isinstance(error, InputError)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (torch.zeros(3, 2), "a Tensor of torch.float32 and shape (3, 2)"),
        ((0, torch.ones(2).double()), "(0, a Tensor of torch.float64 and shape (2,))"),
        ([1, 2, 3, 4, 5], "[1, 2, 3, 4, ..]"),
        ((1,), "(1,)"),
        ("a", "'a'"),
        (2.5, "2.5"),
        (nn.ReLU(), "a ReLU"),
    ],
)
def test_a_value_is_shown_in_few_words(value: object, words: str) -> None:
    assert shown(value) == words
    assert len(shown([["x" * 999] * 9] * 9)) < 260


@pytest.mark.parametrize("outside", [3.0, 1 + 1e-6, -1e-6, torch.inf, torch.nan])
def test_a_segment_says_nothing_of_points_outside_it(made: Subjects, outside: float) -> None:
    t = torch.tensor([0.5, outside, 0.0], dtype=torch.float64)
    for name, ask in (("interval", made.segment.interval), ("logits_at", made.segment.logits_at)):
        with pytest.raises(
            InputError, match=rf"^segment\.{name}: 1 of the 3 values of t lie outside \[0, 1\]"
        ):
            ask(t)


def test_rounding_at_the_ends_of_a_segment_is_allowed_and_clipped(made: Subjects) -> None:
    over, ends = torch.tensor([[-1e-15, 1 + 1e-15], [0.0, 1.0]], dtype=torch.float64)
    assert torch.equal(made.segment.logits_at(over), made.segment.logits_at(ends))
    assert made.segment.interval(over).tolist() == [0, len(made.segment.region_ids) - 1]
    torch.testing.assert_close(made.segment.logits_at(ends), made.segment.logits[[0, -1]])
