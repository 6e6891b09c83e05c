"""The tables and the figures of the page Evaluate are those of the committed results."""

import re
from collections.abc import Hashable
from functools import cache
from statistics import fmean
from typing import Any

import pandas as pd
from documents import ROOT, page

EVALUATE = page("docs/evaluate.md")
TEXT = " ".join(EVALUATE.split())
RESULTS = ROOT / "evaluation/results"
NETWORKS = {"mnist": ("mnist", "cnn"), "cifar10": ("cifar10", "cnn"), "resnet20": ("cifar10", "resnet20")}
PIECES = ("openbox", "openbox_weights", "decision_features")
FILLS = ("zero", "mean", "noise", "blur")
AVERAGES = ("openbox_noise", "openbox_expected", "openbox_neighbourhood")


@cache
def board() -> pd.DataFrame:
    """The leaderboard, one row for each network, method and metric: the mean over the model seeds."""
    found = pd.read_csv(RESULTS / "full/leaderboard.csv", keep_default_na=False, low_memory=False)
    found["value"] = pd.to_numeric(found.value, errors="coerce")
    return found.query("model_seed == 'all' or model == 'resnet20'")


def value(network: str, method: str, metric: str, fill: str = "", space: str = "") -> float:
    return float(_row(network, method, metric, fill, space).value)


def _row(network: str, method: str, metric: str, fill: str = "", space: str = "") -> pd.Series:
    dataset, model = NETWORKS[network]
    b = board()
    chosen = b[
        (b.dataset == dataset) & (b.model == model) & (b.method == method)
        & (b.metric == metric) & (b.fill == fill) & (b.score_space == space)
    ]  # fmt: skip
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_the_tables_of_the_leaderboard_are_the_committed_ones() -> None:
    found = re.search(r"<!-- tables of leaderboard.md -->(.*)<!-- end of tables -->", EVALUATE, re.DOTALL)
    assert found
    committed = (RESULTS / "full/leaderboard.md").read_text().splitlines()
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    assert len(lines) > 30
    assert [line for line in lines if line not in committed] == []


def test_the_counts_of_the_verdict_are_those_of_the_leaderboard() -> None:
    said = re.search(r"in (\d+) of (\d+) cells .*?tied in (\d+), and behind LIME in (\d+)", TEXT)
    assert said
    first, cells, tied, behind = map(int, said.groups())
    verdict = (RESULTS / "full/leaderboard.md").read_text().split("## Verdict")[1]
    each, by_cell = verdict.split("### `openbox_neighbourhood`, cell by cell")
    rows = re.findall(r"^\| .* \| flip\.abpc \| .* \| (first|tied|behind) \| (.*) \|$", by_cell, re.MULTILINE)
    found = [answer for answer, _ in rows]
    assert (len(found), *map(found.count, ("first", "tied", "behind"))) == (cells, first, tied, behind)
    assert {rivals for answer, rivals in rows if answer == "behind"} == {"`lime`"}
    summary = re.findall(r"^\| `openbox_neighbourhood` \| .* \| (.*) of \d+ \|", each, re.MULTILINE)
    for answer in ("first", "tied", "behind"):
        counts = (re.search(rf"{answer} (\d+)", line) for line in summary)
        assert sum(int(count[1]) for count in counts if count) == found.count(answer)


def test_what_is_said_of_patches() -> None:
    def patches(network: str, method: str) -> float:
        return value(network, method, "flip_patches.abpc", "zero", "logit")

    ours, lime = "openbox_neighbourhood", "lime"
    assert f"on MNIST ({patches('mnist', lime):.1f} against {patches('mnist', ours):.1f})" in TEXT
    assert f"CIFAR-10 cnn ({patches('cifar10', lime):.1f} against {patches('cifar10', ours):.1f})" in TEXT
    assert f"told apart ({patches('resnet20', lime):.2f}, {patches('resnet20', ours):.2f})" in TEXT
    assert f"nor is Grad-CAM ({patches('resnet20', 'gradcam'):.2f})" in TEXT
    groups = {
        _row("resnet20", method, "flip_patches.abpc", "zero", "logit").tie_group
        for method in (ours, lime, "gradcam")
    }
    assert groups == {"1"}


def test_what_is_said_of_shifts() -> None:
    for network in NETWORKS:
        pair = [value(network, m, "shift.cosine") for m in ("openbox_neighbourhood", "gradcam")]
        assert ", ".join(f"{cosine:.3f}" for cosine in pair) in TEXT


def test_what_is_said_of_single_pieces() -> None:
    def abpc(methods: tuple[str, ...], fills: tuple[str, ...]) -> list[float]:
        return [
            value(network, method, "flip.abpc", fill, "logit")
            for network in ("cifar10", "resnet20")
            for method in methods
            for fill in fills
        ]

    others = ("mean", "noise", "blur")
    zero, rest = abpc(PIECES, ("zero",)), abpc(PIECES, others)
    noise, noises = abpc(("random",), ("zero",)), abpc(("random",), others)
    assert (
        f"{min(zero):.2f} to {max(zero):.2f} under zero fill, where `random` has {min(noise):.2f} and "
        f"{max(noise):.2f}; {min(rest):.2f} to {max(rest):.2f} under the others, where it has "
        f"{min(noises):.2f} to {max(noises):.2f}"
    ) in TEXT


def test_what_is_said_of_exactness() -> None:
    def gaps(*methods: str) -> list[float]:
        found = board().query("metric == 'exactness.gap' and fill == '' and method in @methods").value
        assert len(found) == len(NETWORKS) * len(methods)
        return found.to_list()

    assert max(gaps(*PIECES, "openbox_reference", "shap_partition")) < 1e-5
    shap, lime, averages = gaps("shap"), gaps("lime"), gaps(*AVERAGES)
    assert (
        f"below 1e-5 for single pieces and `shap_partition`, {min(shap):.1f} to {max(shap):.1f} for `shap` "
        f"(gradients), {min(lime):.0f} to {max(lime):.0f} for LIME, {min(averages):.0f} to "
        f"{max(averages):.0f} for the averages"
    ) in TEXT


def test_what_is_said_of_the_ablation() -> None:
    bare, spread = _flips("ablation"), _flips("full")
    for network in ("mnist", "resnet20"):
        here = [row for row in bare if (row["dataset"], row["model"]) == NETWORKS[network]]
        images = {row["image"] for row in here}
        same = [
            row
            for row in spread
            if (row["dataset"], row["model"]) == NETWORKS[network] and row["image"] in images
        ]
        for rows in (here, same):
            means = [fmean(row["value"] for row in rows if row["fill"] == fill) for fill in FILLS]
            assert ", ".join(f"{mean:.1f}" for mean in means) in TEXT, network


def _flips(run: str) -> list[dict[Hashable, Any]]:
    chosen = {"method": "openbox_neighbourhood", "score": "flip", "metric": "abpc", "score_space": "logit"}
    found = pd.read_parquet(
        RESULTS / run / "rows.parquet",
        columns=["dataset", "model", "fill", "image", "value"],
        filters=[(name, "==", wanted) for name, wanted in chosen.items()],
    )
    return found.to_dict("records")


def test_how_many_images_were_tried_before() -> None:
    found = pd.read_parquet(RESULTS / "full/rows.parquet", columns=["dataset", "image"]).drop_duplicates()
    tried = found[found.image.astype(int).between(8000, 8095)].dataset.value_counts()
    counts = found.dataset.value_counts()
    assert (
        f"test images 8000 to 8095; {tried['mnist']} of the {counts['mnist']} images "
        f"({tried['cifar10']} of the {counts['cifar10']}) are among them"
    ) in TEXT
