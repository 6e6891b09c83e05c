"""Scores of titles: by hand on cases small enough, and through the runner, row by row."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_reader import small_reader
from title_study import run_titles
from torch import Tensor

from evaluation.scores.table import SCORES
from evaluation.titles.case import Pool, TitleCase
from openbox.text import TEXT_EXPLAINERS, TokenExplanation
from openbox.text.explain import explain_words
from openbox.text.open_reader import OpenReader, Words

TITLES = [
    ("index", "selection", "for", "queries"),
    ("compilers",),
    ("a", "cost", "model", "for", "join", "ordering"),
]
OF_TITLES = [name for name, score in SCORES.items() if score.of == "titles"]


@pytest.fixture(scope="module")
def reader() -> OpenReader:
    return OpenReader(small_reader())


def case(reader: OpenReader, method: str = "openbox") -> TitleCase:
    def explain(titles: Sequence[Words], target: Tensor) -> list[TokenExplanation]:
        return explain_words(method, reader, list(titles), target, 0)

    target = reader.logits(TITLES).argmax(1)
    found = explain(list(TITLES), target)
    error = torch.tensor([math.nan if one.error is None else one.error for one in found], dtype=torch.float64)
    others = (("query", "selection", "for", "queries"), ("ordering",))
    return TitleCase(
        reader, TITLES, [one.values for one in found], error, target, torch.tensor([0, 4, 0]),
        torch.arange(3), explain, Pool((*TITLES, *others), torch.tensor([0, 4, 0, 1, 2])), (1, 2, 3),
    )  # fmt: skip


def measured(one: TitleCase, score: str) -> dict[tuple[str, str, str], Tensor]:
    entry = SCORES[score]
    return {(m.metric, m.fill, m.space): m.values for m in entry.measure(one, entry.settings())}


def test_word_flip_by_hand(reader: OpenReader) -> None:
    one = case(reader)
    found = measured(one, "word_flip")
    title, values, target = list(TITLES[0]), one.values[0], int(one.target[0])
    first, second = values.argsort(descending=True, stable=True)[:2].tolist()
    gone = [[w for i, w in enumerate(title) if i not in places] for places in ([], [first], [first, second])]
    unknown = [
        ["" if i in places else w for i, w in enumerate(title)] for places in ([], [first], [first, second])
    ]
    for fill, titles in {"delete": gone, "unknown": unknown}.items():
        scores = reader.logits(titles).double()[:, target]
        expected = float(scores[0] - scores[1:].mean())
        assert float(found["aopc_2", fill, "logit"][0]) == pytest.approx(expected, abs=1e-6)
    mean = reader.model.embedding.weight[1:].mean(0)
    x = reader.embed([title]).clone()
    x[0, first] = mean
    before, after = (
        float(f.double().softmax(1)[0, target]) for f in (reader.logits([title]), reader.model(x))
    )
    assert float(found["aopc_1", "mean", "probability"][0]) == pytest.approx(before - after, abs=1e-6)


def test_a_title_of_one_word_has_no_second(reader: OpenReader) -> None:
    found = measured(case(reader), "word_flip")
    assert math.isnan(float(found["aopc_2", "delete", "logit"][1]))
    assert not math.isnan(float(found["aopc_1", "delete", "logit"][1]))


def test_eraser_by_hand(reader: OpenReader) -> None:
    """Of four words 1, 5, 10 and 20 % are one, rounded up, and 50 % are two."""
    one = case(reader)
    found = measured(one, "eraser")
    title, target = list(TITLES[0]), int(one.target[0])
    order = one.values[0].argsort(descending=True, stable=True).tolist()

    def probability(places: list[int]) -> float:
        words = [w for i, w in enumerate(title) if i in places]
        return float(reader.logits([words]).double().softmax(1)[0, target])

    full = probability([0, 1, 2, 3])
    without = [probability(order[1:])] * 4 + [probability(order[2:])]
    alone = [probability(order[:1])] * 4 + [probability(order[:2])]
    assert float(found["comprehensiveness", "", "probability"][0]) == pytest.approx(
        full - sum(without) / 5, abs=1e-6
    )
    assert float(found["sufficiency", "", "probability"][0]) == pytest.approx(full - sum(alone) / 5, abs=1e-6)


def test_exact_methods_are_exact_and_others_say_by_how_much(reader: OpenReader) -> None:
    assert measured(case(reader), "title_exactness")["error", "", ""].max() <= 1e-12
    assert measured(case(reader, "lime"), "title_exactness")["error", "", ""].max() > 1e-6
    assert measured(case(reader, "gradient"), "title_exactness") == {}


def test_consistency_of_the_same_title_is_one(reader: OpenReader) -> None:
    """In a title of unknown words another unknown one changes nothing."""
    one = case(reader)
    titles = [("qq", "zz", "yy")] * 3
    same = replace(one, titles=titles, values=[v.values for v in one.explain(titles, one.target)])
    found = measured(same, "title_consistency")
    assert torch.allclose(found["cosine", "unknown", ""], torch.ones(3).double())
    assert torch.equal(found["gates_agree", "unknown", ""], torch.ones(3).double())
    assert torch.equal(found["same_region", "unknown", ""], torch.ones(3).double())
    assert bool(torch.isnan(found["same_region", "front", ""]).all())


def test_the_nearest_title_is_that_with_most_words_in_common() -> None:
    pool = Pool((("a", "b", "c"), ("d", "e"), ("a", "b", "d"), ("e", "d")), torch.zeros(4))
    assert pool.nearest(torch.tensor([0, 1])) == [2, 3]


def test_hybrid_titles_by_hand(reader: OpenReader) -> None:
    one = case(reader, "word_length")
    found = measured(one, "hybrid")
    known = ~torch.isnan(found["hit", "", ""])
    assert set(found["hit", "", ""][known].tolist()) <= {0.0, 1.0}
    assert torch.equal(known, ~torch.isnan(found["chance", "", ""]))
    assert bool(((found["chance", "", ""][known] > 0) & (found["chance", "", ""][known] < 1)).all())


def test_predictions_of_an_exact_piece_are_exact_in_its_region(reader: OpenReader) -> None:
    """A title of unknown words, one of which is made unknown: nothing changed, so all predict it."""
    one = case(reader)
    titles = [("qq", "zz", "yy")] * 3
    same = replace(one, titles=titles)
    found = measured(same, "title_prediction")
    assert torch.equal(found["exact", "unknown", "logit"], torch.ones(3).double())
    assert float(found["constant_error", "unknown", "logit"].max()) == 0
    assert float(found["constant_error", "neighbour", "logit"].min()) > 0
    assert measured(case(reader, "random"), "title_prediction") == {}


def test_a_study_of_titles_makes_rows_for_every_method_and_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = "openbox occlusion_unknown random word_length"
    rows = run_titles(tmp_path, monkeypatch, methods, " ".join(OF_TITLES))
    assert not [row["error"] for row in rows if row["error"]]
    for method in methods.split():
        assert method in TEXT_EXPLAINERS
        mine = {row["score"] for row in rows if row["method"] == method}
        defined = {"title_exactness", "title_prediction"} if method == "openbox" else set()
        assert mine == {"cost", "word_flip", "eraser", "hybrid", "title_consistency"} | defined
    assert {row["dataset"] for row in rows} == {"titles"}
    again = run_titles(tmp_path, monkeypatch, methods, " ".join(OF_TITLES))
    assert rows == again, "nothing is made twice"


def test_a_method_that_fails_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(query: object) -> object:
        raise MemoryError("too much")

    monkeypatch.setattr("openbox.text.baselines.random", broken)
    rows = run_titles(tmp_path, monkeypatch, "random openbox", "eraser")
    failed = [row for row in rows if row["method"] == "random"]
    assert {row["error"] for row in failed} == {"MemoryError: too much"}
    assert len(failed) == 12, "one for the costs and one for the score of each of six titles"
    assert not [row for row in rows if row["method"] == "openbox" and row["error"]]
