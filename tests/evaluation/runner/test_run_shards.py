"""A study is cut into shards that cover everything once; their keys tell apart whatever matters."""

import dataclasses
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_study import write_study

from evaluation.runner.options import _share
from evaluation.runner.plan.shard import Shard, cut, image_seeds, images_of, maps_key, score_key
from evaluation.runner.plan.study import Measure, MethodConfig, Networks, Study
from evaluation.runner.plan.study_file import read_study
from evaluation.runner.shards.work import COST, row_keys
from evaluation.scores.sparsity import SparsitySettings
from evaluation.scores.table import SCORES
from openbox.explainers.create import settings_type
from openbox.explainers.table import EXPLAINERS


def study(shard_images: int = 3, scored: int = 0) -> Study:
    """Two data sets of different length, three networks, two methods, two explainer seeds."""
    networks = (Networks("digits", "cnn", (0, 1), 7), Networks("mnist", "mlp", (4,), 4))
    methods = (MethodConfig("random", None), MethodConfig("edges", None))
    scores = (Measure("sparsity", scored, SparsitySettings()),)
    return Study("s", 0, "predicted", 4, shard_images, 8, (0, 5), networks, methods, scores)


@pytest.mark.parametrize("shard_images", [1, 2, 3, 4, 7, 100])
def test_every_image_is_in_one_shard(shard_images: int) -> None:
    found = Counter(
        (shard.dataset, shard.model, shard.model_seed, shard.method.name, shard.explainer_seed, image)
        for shard in cut(study(shard_images))
        for image in range(shard.first, shard.first + shard.count)
    )
    wanted = {
        (dataset, model, model_seed, method, seed, image)
        for dataset, model, model_seed, images in (
            ("digits", "cnn", 0, 7),
            ("digits", "cnn", 1, 7),
            ("mnist", "mlp", 4, 4),
        )
        for method in ("random", "edges")
        for seed in (0, 5)
        for image in range(images)
    }
    assert set(found) == wanted
    assert set(found.values()) == {1}
    assert all(0 < shard.count <= shard_images for shard in cut(study(shard_images)))


@pytest.mark.parametrize("shard_images", [1, 2, 3, 7])
@pytest.mark.parametrize("scored", [0, 1, 3, 4, 7, 50])
def test_a_score_is_asked_about_its_first_images(shard_images: int, scored: int) -> None:
    found = Counter(
        (shard.dataset, image)
        for shard in cut(study(shard_images, scored))
        for measure in shard.scores
        for image in range(shard.first, shard.first + images_of(shard, measure))
    )
    assert {image for dataset, image in found if dataset == "digits"} == set(range(min(7, scored or 7)))
    assert {image for dataset, image in found if dataset == "mnist"} == set(range(min(4, scored or 4)))
    networks = {"digits": 2, "mnist": 1}
    assert all(times == networks[dataset] * 2 * 2 for (dataset, _), times in found.items())


@pytest.mark.parametrize("parts", [1, 2, 3, 50])
def test_shares_are_a_partition(parts: int) -> None:
    whole = list(cut(study()))
    shares = []
    for part in range(1, parts + 1):
        first, step = _share(f"{part}/{parts}")
        shares.append(whole[first - 1 :: step])
    assert {shard for share in shares for shard in share} == set(whole)
    assert sum(map(len, shares)) == len(whole) == len(set(map(str, whole)))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def shard() -> Shard:
    lime = MethodConfig("lime", settings_type("lime")())
    return Shard("digits", "cnn", 0, lime, 0, 3, 3, (Measure("sparsity", 0, SparsitySettings()),))


def keys(study: Study, shard: Shard, weights: str = "abc") -> tuple[str, str]:
    return maps_key(study, shard, weights), score_key(study, shard, shard.scores[0], weights)


def test_keys_differ_where_the_maps_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    one, lime = shard(), shard().method
    found = [
        keys(study(), one),
        keys(study(), one, "other weights"),
        keys(replace(study(), seed=1), one),
        keys(replace(study(), references=5), one),
        keys(replace(study(), target="label"), one),
        keys(study(), replace(one, dataset="mnist")),
        keys(study(), replace(one, method=MethodConfig("random", None))),
        keys(study(), replace(one, method=MethodConfig("lime", replace(lime.settings, samples=2)))),  # pyright: ignore[reportArgumentType, reportCallIssue]
        keys(study(), replace(one, explainer_seed=1)),
        keys(study(), replace(one, first=0)),
        keys(study(), replace(one, count=2)),
    ]
    monkeypatch.setitem(EXPLAINERS, "lime", replace(EXPLAINERS["lime"], revision=99))
    found.append(keys(study(), one))
    assert len({maps for maps, _ in found}) == len(found)
    assert len({rows for _, rows in found}) == len(found)


def test_keys_of_rows_alone_differ_where_the_score_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclasses.dataclass(frozen=True)
    class Settings:
        steps: int = 1

    def asked(measure: Measure) -> Shard:
        return replace(shard(), scores=(measure,))

    monkeypatch.setitem(SCORES, "other", replace(SCORES["sparsity"], settings=Settings))
    found = [
        keys(study(), shard()),
        keys(study(), asked(Measure("other", 0, Settings()))),
        keys(study(), asked(Measure("other", 0, Settings(2)))),
        keys(study(), asked(Measure("other", 5, Settings(2)))),  # two of three images
        keys(replace(study(), batch=9), shard()),
    ]
    monkeypatch.setitem(SCORES, "sparsity", replace(SCORES["sparsity"], revision=99))
    found.append(keys(study(), shard()))
    assert len({maps for maps, _ in found}) == 1
    assert len({rows for _, rows in found}) == len(found)


def test_keys_agree_where_nothing_matters() -> None:
    bare = study()
    more = replace(
        bare, name="other", explainer_seeds=(9,), networks=bare.networks[:1], methods=bare.methods[::-1]
    )
    one = shard()
    twice = replace(one, scores=(*one.scores, Measure("sparsity", 1, SparsitySettings())))
    assert keys(bare, one) == keys(more, twice)
    limited = replace(one, scores=(Measure("sparsity", 6, SparsitySettings()),))  # six: all of 3 to 5
    assert keys(bare, limited) == keys(bare, one)


def test_all_files_of_a_study_have_names_of_their_own(tmp_path: Path) -> None:
    tiny = read_study(write_study(tmp_path))
    names = [name for one in cut(tiny) for name in row_keys(tiny, one, "abc").values()]
    assert len(set(names)) == len(names) == 2 * 3 * 2
    assert list(row_keys(tiny, next(iter(cut(tiny))), "abc")) == [COST, "sparsity"]


def test_seeds_of_images_are_their_own() -> None:
    places = [5, 0, 1796]
    seeds = image_seeds(study(), "digits", places)
    assert seeds == tuple(image_seeds(study(), "digits", [place])[0] for place in places)
    others = image_seeds(study(), "mnist", places) + image_seeds(replace(study(), seed=1), "digits", places)
    assert len({*seeds, *others}) == 9
    assert all(0 <= seed < 2**48 for seed in seeds)
