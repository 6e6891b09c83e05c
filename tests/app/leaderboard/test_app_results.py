"""What the Leaderboard page makes of the files: known answers, and one clear message for damaged ones."""

import dataclasses
import json
from statistics import fmean

import made_results
import numpy as np
import pytest
import torch
from leaderboard import charts, records, results, sentences, setups
from leaderboard.results import Draw, ResultsError, StudyRow
from ui.words import DASH

from evaluation.schema import Condition
from openbox.errors import CheckpointError, InputError
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import load

ABPC = Condition("digits", "cnn", "0", "flip.abpc", "", "zero", "logit")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made_results.write(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def standings(folder):
    return results.read_leaderboard(folder)


def find(standings, condition, method):
    return next(entry for entry in records.of_cell(standings, condition) if entry.method == method)


def row(image, seed, value, error="", explainer_seed=0):
    return StudyRow(seed, "sha", explainer_seed, image, 1, 2, value, False, error)


def test_studies_are_folders_with_a_leaderboard(tmp_path):
    for name in ("a", "full", "empty"):
        (tmp_path / name).mkdir()
    for name in ("a", "full"):
        (tmp_path / name / "leaderboard.csv").touch()
    assert results.studies(tmp_path) == ["full", "a"]
    assert results.studies(tmp_path / "nowhere") == []


def test_a_cell_holds_every_method_by_rank(standings):
    here = records.of_cell(standings, ABPC)
    assert [entry.rank for entry in here] == [*range(1, len(EXPLAINERS) + 1)]
    assert {entry.method for entry in here} == set(EXPLAINERS)
    assert here[0].p_vs_best is None
    assert here[1].p_vs_best == pytest.approx(0.4e-2)


@pytest.mark.parametrize(("metric", "order", "higher"), [("abpc", "", True), ("morf", "morf", False)])
def test_the_better_direction_is_read_off_the_ranks(standings, metric, order, higher):
    condition = dataclasses.replace(ABPC, metric=f"flip.{metric}", order=order)
    assert records.higher_is_better(records.of_cell(standings, condition)) is higher


def test_without_ranks_there_is_no_direction(standings):
    condition = Condition("digits", "cnn", "0", "sparsity.gini", "", "", "")
    here = records.of_cell(standings, condition)
    assert records.higher_is_better(here) is None
    values = [entry.value or 0.0 for entry in here]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("seed", ["0", "all"])
def test_the_rows_behind_a_standing_have_its_mean(folder, standings, seed):
    condition = dataclasses.replace(ABPC, dataset="mnist", model_seed=seed)
    standing = find(standings, condition, "gradcam")
    values = records.by_image(results.read_rows(folder, standing))
    assert [entry.image for entry in values] == sorted(made_results.images())
    known = [entry.value for entry in values if entry.value is not None]
    assert len(known) == made_results.IMAGES
    assert fmean(known) == pytest.approx(standing.value)


def test_a_failed_image_is_there_with_its_error(folder, standings):
    values = records.by_image(results.read_rows(folder, find(standings, ABPC, "lime")))
    failed = [entry for entry in values if entry.error]
    assert [entry.image for entry in failed] == [made_results.images()[1]]
    assert failed[0].value is None
    assert sentences.failures_table(failed)[0]["error"] == made_results.FAILED


def test_an_image_counts_only_where_every_model_seed_has_it():
    rows = [
        row(5, 0, 1.0), row(5, 0, 3.0, explainer_seed=1), row(5, 1, 6.0),
        row(7, 0, 1.0), row(7, 1, None, "boom"), row(9, 0, 1.0), row(9, 1, float("nan")),
    ]  # fmt: skip
    assert [(entry.image, entry.value, entry.error) for entry in records.by_image(rows)] == [
        (5, 4.0, ""),
        (7, None, "boom"),
        (9, None, ""),
    ]


def values_of(*numbers):
    return records.by_image([row(k, 0, x) for k, x in enumerate(numbers)])


def test_the_worst_the_median_and_the_best_are_picked():
    values = values_of(*range(21))
    picked = [(role, entry.value) for role, entry in records.picks(values, True, worst=2, others=1)]
    assert picked == [("worst", 0), ("worst", 1), ("median", 10), ("best", 20)]
    picked = [(role, entry.value) for role, entry in records.picks(values, False, worst=2, others=1)]
    assert picked == [("worst", 20), ("worst", 19), ("median", 10), ("best", 0)]
    assert [role for role, _ in records.picks(values, None, 1, 1)] == ["lowest", "median", "highest"]


@pytest.mark.parametrize("count", range(15))
def test_no_image_is_picked_twice(count):
    picked = [entry.image for _, entry in records.picks(values_of(*range(count)), True)]
    assert len(picked) == len(set(picked)) == min(count, 8)
    assert records.picks(values_of(None), True) == []


def test_the_curves_of_a_score_are_those_of_its_fill_and_space(folder):
    points = results.read_curves(folder, ABPC)
    assert {(point.metric, point.order) for point in points} == {("flip.morf", "morf"), ("flip.lerf", "lerf")}
    assert len(points) == 2 * 17 * len(EXPLAINERS)
    assert results.read_curves(folder, dataclasses.replace(ABPC, metric="shift.cosine", fill="")) == ()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("leaderboard.csv", "", "Empty CSV"),
        ("leaderboard.csv", "dataset,model\nmnist,cnn\n", "run_id"),
        ("leaderboard.csv", None, "abc"),
        ("curves.csv", "nonsense\n1\n", "dataset"),
        ("rows.parquet", "nonsense", "cannot be read"),
        ("run.json", "{", "cannot be read"),
        ("run.json", '{"study": "quick"}', "cannot be read"),
    ],
)
def test_a_damaged_file_is_one_message_with_the_way_out(tmp_path, standings, name, text, found):
    folder = made_results.write(tmp_path)
    path = folder / name
    path.write_text(text if text is not None else path.read_text().replace(",12.5,", ",abc,"))
    read = {
        "leaderboard.csv": lambda: results.read_leaderboard(folder),
        "curves.csv": lambda: results.read_curves(folder, ABPC),
        "rows.parquet": lambda: results.read_rows(folder, find(standings, ABPC, "lime")),
        "run.json": lambda: results.read_draw(folder),
    }
    with pytest.raises(ResultsError, match="python -m evaluation run --study quick") as error:
        read[name]()
    assert str(path) in str(error.value)
    assert found in str(error.value).replace("\\", "")
    assert "\n" not in str(error.value)


def test_a_leaderboard_without_rows_is_one_message(tmp_path):
    folder = made_results.write(tmp_path)
    path = folder / "leaderboard.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    with pytest.raises(ResultsError, match="holds no row"):
        results.read_leaderboard(folder)


def test_references_are_the_last_of_the_study_s_shuffle(folder):
    draw = results.read_draw(folder)
    assert draw == Draw(made_results.SEED, made_results.REFERENCES, "run.json")
    test = load("digits")
    held = setups.references("digits", test, draw).x
    order = np.random.default_rng(3).permutation(360)
    assert torch.equal(held, test.batch(torch.from_numpy(order[-64:])))
    assert not set(order[-64:]) & set(made_results.images())


def test_settings_come_from_the_row_or_are_refused():
    assert vars(setups.settings("lime", '{"samples": 7}'))["samples"] == 7
    assert setups.settings("openbox", "{}") is None
    for wrong in ('{"smaples": 7}', "7", "{"):
        with pytest.raises(InputError, match="settings"):
            setups.settings("lime", wrong)


def test_the_checkpoint_must_have_the_measured_weights(standings):
    card = read_card("digits-cnn-seed0")
    standing = find(standings, ABPC, "lime")
    measured = dataclasses.replace(row(0, 0, 1.0), weights_sha=card.sha256)
    assert records.find_card([card], standing, measured) is card
    with pytest.raises(CheckpointError, match="other weights"):
        records.find_card([card], standing, row(0, 0, 1.0))
    with pytest.raises(CheckpointError, match="no checkpoint"):
        records.find_card([card], standing, dataclasses.replace(measured, model_seed=9))


def test_families_are_told_apart_by_shape_and_text_too(standings):
    here = records.of_cell(standings, ABPC)
    assert sentences.missing_baselines(here) == ""
    without = [entry for entry in here if entry.method != "random"]
    assert "no Random baseline" in sentences.missing_baselines(without)
    spec = charts.ranking(here, "flip.abpc").to_dict()
    points = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    assert points["encoding"]["shape"]["scale"]["range"] == ["circle", "square", "cross"]
    assert [entry["group"] for entry in points["data"]["values"]][:3] == ["group 1", "group 1", "group 2"]
    assert {records.role(name) for name in ("openbox", "lime", "edges", "unheard of")} == {
        "exact", "rival", "baseline", "",
    }  # fmt: skip


def test_every_curve_has_a_style_of_its_own():
    styles = charts.line_styles(["openbox", "openbox_weights", "decision_features", "lime", "shap",
                                       "gradcam", "random", "edges"])  # fmt: skip
    assert len({tuple(dash) for _, dash in styles.values()}) == len(styles)
    assert len({colour for colour, _ in styles.values()}) == len(styles)


def test_the_sentences_name_the_numbers(standings):
    here = records.of_cell(standings, ABPC)
    text = sentences.chart(here, {})
    assert text.startswith("flip.abpc, fill zero, on the logit, best first: OpenBox 9.")
    assert "group 1" in text
    line = sentences.conditions(here, ["0"], "quick")
    for part in (
        "40 test images",
        "model seed 0",
        "cpu (made up)",
        "torch 2.15.0",
        "0123456789",
        "2026-11-20",
    ):
        assert part in line
    assert json.dumps(sentences.table(here)[0])


def test_a_metric_is_named_by_the_study_and_by_its_key_where_it_says_nothing(folder):
    metrics = results.read_metrics(folder)
    condition = Condition("digits", "cnn", "0", "sparsity.gini", "", "", "")
    assert sentences.heading(condition, metrics) == f"sparsity.gini {DASH} Gini index"
    assert sentences.reading(condition, metrics, None).startswith(
        "How sharp it is. **The ranks name no better"
    )
    assert sentences.heading(condition, {}) == "sparsity.gini"
