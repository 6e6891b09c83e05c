"""Random numbers belong to images, never to a position, a batch or a method."""

from pathlib import Path
from typing import Any

import pytest
from stand_ins import enter_score, seeds_as_values
from thin import thin
from tiny_study import all_rows, run_study, same_in_all_runs, write_study

from evaluation.rows import KEYS
from openbox.explainers.create import settings_type
from openbox.explainers.table import EXPLAINERS

METHODS = ("openbox = {}\nrandom = {}\nedges = {}", "")
RELATIVE = 1e-6  # of a number: what another size of batch may change in float32
DEAR = {"integrated_gradients", "shap_partition", "meaningful_perturbation"}
FEW = {"integrated_gradients": [("images = 6", "images = 3")]}  # a second an image


@pytest.fixture(autouse=True)
def _draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A score ``draws`` whose value is a random number of the image."""
    enter_score(monkeypatch, "draws", seeds_as_values)


def rows(folder: Path, out: str, *changes: tuple[str, str]) -> list[dict[str, Any]]:
    study = write_study(folder, ("sparsity = {}", "sparsity = {}\ndraws = {}"), *changes)
    assert run_study(study, folder / out) == 0
    found = same_in_all_runs(all_rows(folder / out))
    assert not any(row["error"] for row in found)
    return found


def draws(rows: list[dict[str, Any]]) -> dict[tuple[str, int], float]:
    return {(row["method"], row["image"]): row["value"] for row in rows if row["score"] == "draws"}


def test_all_methods_meet_the_same_draws(tmp_path: Path) -> None:
    found = draws(rows(tmp_path, "runs"))
    images = {image for _, image in found}
    assert len({found["openbox", image] for image in images}) == len(images) == 6
    for name in ("random", "edges"):
        assert all(found[name, image] == found["openbox", image] for image in images)


def test_draws_belong_to_the_image(tmp_path: Path) -> None:
    found = draws(rows(tmp_path, "runs"))
    assert draws(rows(tmp_path, "one by one", ("shard_images = 3", "shard_images = 1"))) == found
    assert draws(rows(tmp_path, "together", ("shard_images = 3", "shard_images = 64"))) == found
    assert draws(rows(tmp_path, "batch", ("batch = 8", "batch = 1"))) == found
    more = draws(rows(tmp_path, "more", ("images = 6", "images = 9")))
    assert found.items() <= more.items()
    other = draws(rows(tmp_path, "other", ("\nseed = 0", "\nseed = 1")))
    assert not set(other.values()) & set(found.values())


def quick(name: str) -> str:
    """A method with few samples, if it takes any."""
    known = getattr(settings_type(name), "__annotations__", {})
    few = [f"{key} = 20" for key in ("samples", "evaluations") if key in known]
    return f"{name} = {{{', '.join(few)}}}"


def values(rows: list[dict[str, Any]]) -> list[float]:
    """Their values; instead of the model calls, which are the mean of the images of a shard, their sum."""
    calls = [row["value"] for row in rows if row["metric"] == "model_calls"]
    return [sum(calls), *(row["value"] for row in rows if row["metric"] != "model_calls")]


@pytest.mark.parametrize("name", thin(EXPLAINERS, lambda _, name: name not in DEAR))
def test_maps_do_not_depend_on_the_shard(name: str, tmp_path: Path) -> None:
    study = [(METHODS[0], quick(name)), *FEW.get(name, [])]
    one = rows(tmp_path, "3", *study)
    assert rows(tmp_path, "again", *study) == one, "the same shards: bit for bit"
    other = rows(tmp_path, "2", *study, ("shard_images = 3", "shard_images = 2"))
    assert [[row[key] for key in KEYS] for row in one] == [[row[key] for key in KEYS] for row in other]
    assert values(one) == pytest.approx(values(other), rel=RELATIVE)


def test_explainer_seeds_change_what_is_random_only(tmp_path: Path) -> None:
    found = rows(tmp_path, "runs", ("explainer_seeds = [0]", "explainer_seeds = [0, 1]"))

    def gini(method: str, seed: int) -> list[float]:
        return [
            row["value"]
            for row in found
            if (row["method"], row["explainer_seed"], row["score"]) == (method, seed, "sparsity")
        ]

    assert gini("edges", 0) == gini("edges", 1)
    assert all(a != b for a, b in zip(gini("random", 0), gini("random", 1), strict=True))
