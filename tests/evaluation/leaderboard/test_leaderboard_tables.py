"""The leaderboard's tables on rows made by hand, and its command on folders that are wrong."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from board_rows import RUN, failures, table, values

from evaluation.__main__ import main
from evaluation.cost import COSTS
from evaluation.leaderboard.grouping.consolidate import consolidate
from evaluation.leaderboard.statistics.board import Board, build_board
from evaluation.leaderboard.tables.headline import FLIP, SHIFT
from evaluation.leaderboard.tables.table import leaderboard
from evaluation.leaderboard.tables.verdict import Answer, Question, Verdict, verdict
from evaluation.rows import SCHEMA
from evaluation.schema import LeaderboardRow, columns
from openbox.errors import InputError

IMAGES = 40
NOISE = np.random.default_rng(0).normal(size=(4, IMAGES))


def board(rows: list[dict[str, Any]]) -> Board:
    return build_board(consolidate([table(rows)]), RUN, resamples=200)


def lines(rows: list[dict[str, Any]], **where: object) -> dict[str, Any]:
    """The leaderboard's lines by method, of the one group that ``where`` selects."""
    frame = leaderboard(board(rows))
    assert list(frame.columns) == columns(LeaderboardRow)
    records = [dict(zip(frame.columns, line, strict=True)) for line in frame.itertuples(index=False)]
    chosen = [r for r in records if all(r[name] == word for name, word in where.items())]
    found = {record["method"]: record for record in chosen}
    assert len(found) == len(chosen)
    return found


def test_the_best_method_is_first_alone_and_copies_tie() -> None:
    rows = values("best", NOISE[0] + 9) + values("a", NOISE[1]) + values("b", NOISE[1])
    found = lines(rows)
    assert [found[m]["rank"] for m in ("best", "a", "b")] == [1, 2, 2]
    assert [found[m]["tie_group"] for m in ("best", "a", "b")] == [1, 2, 2]
    assert [found[m]["first_share"] for m in ("best", "a", "b")] == [1, 0, 0]
    assert found["best"]["value"] == pytest.approx(NOISE[0].mean() + 9)
    assert found["best"]["ci_low"] < found["best"]["value"] < found["best"]["ci_high"]
    assert found["a"]["ci_low"] == found["b"]["ci_low"]
    assert math.isnan(found["best"]["p_vs_best"])
    assert found["a"]["p_vs_best"] < 1e-4
    assert found["best"]["metric"] == "flip.abpc"


def test_lower_is_better_where_the_score_says_so_and_neither_where_it_says_nothing() -> None:
    slow, fast = values("slow", NOISE[0] + 9), values("fast", NOISE[1])
    found = lines([row | {"metric": "morf", "order": "morf"} for row in slow + fast])
    assert found["fast"]["rank"] == 1
    assert found["slow"]["tie_group"] == 2
    found = lines([row | {"score": "sparsity", "metric": "gini"} for row in slow + fast])
    assert pd.isna(found["fast"]["rank"])
    assert math.isnan(found["fast"]["first_share"])


def test_failures_and_undefined_values_are_counted_apart() -> None:
    numbers = [1.0, 2.0, None, 4.0, math.nan, 6.0]
    rows = values("a", numbers, degenerate=True) + failures("a", [6, 7]) + failures("dead", range(8))
    found = lines(rows + values("b", [0.5] * 8))
    assert [found["a"][n] for n in ("n_images", "n_ok", "n_failed", "n_degenerate")] == [8, 4, 2, 6]
    assert found["a"]["value"] == pytest.approx(13 / 4)
    assert [found["dead"][n] for n in ("n_ok", "n_failed")] == [0, 8]
    assert math.isnan(found["dead"]["value"])
    assert pd.isna(found["dead"]["rank"])
    assert found["b"]["rank"] == 2


def test_a_score_that_failed_everywhere_keeps_its_rows() -> None:
    found = lines(failures("a", [0, 1]) + failures("b", [0]))
    assert found["a"]["metric"] == "flip"
    assert [found["a"]["n_failed"], found["b"]["n_failed"]] == [2, 1]


def test_an_image_is_one_unit_over_model_and_explainer_seeds() -> None:
    rows = values("a", [1.0, 2.0, 3.0]) + values("a", [3.0, 4.0, 5.0], explainer_seed=1)
    rows += values("a", [10.0, None, 30.0], model_seed=1, weights_sha="w1", test_accuracy=0.7)
    assert lines(rows, model_seed="0")["a"]["value"] == pytest.approx(3.0)
    assert lines(rows, model_seed="0")["a"]["explainer_seed"] == "0+1"
    one = lines(rows, model_seed="all")["a"]
    assert one["value"] == pytest.approx(((2 + 10) / 2 + (4 + 30) / 2) / 2)  # the second image is incomplete
    assert [one["n_images"], one["n_ok"]] == [3, 2]
    assert one["weights_sha"] == "w0+w1"
    assert one["test_accuracy"] == pytest.approx(0.6)
    assert set(leaderboard(board(rows))["model_seed"]) == {"0", "1", "all"}


def test_costs_stand_beside_every_score_and_have_groups_of_their_own() -> None:
    rows = values("a", [1.0, 2.0]) + values("b", [2.0, 3.0])
    empty = {"score": "cost", "fill": "", "score_space": ""}
    for name, numbers in zip(COSTS, ([0.5, 1.5], [7.0, 7.0], [3.0, 5.0]), strict=True):
        rows += values("a", numbers, metric=name, **empty)
    found = lines(rows, metric="flip.abpc")
    names = ("seconds_per_image", "model_calls_per_image", "peak_memory_mb")
    assert [found["a"][n] for n in names] == [1.0, 7.0, 4.0]
    assert math.isnan(found["b"]["seconds_per_image"])
    assert lines(rows, metric="cost.seconds")["a"]["value"] == 1.0


def test_curves_are_averaged_over_images_point_by_point() -> None:
    rows = values("a", [1.0, 2.0])
    rows[0]["curve"], rows[1]["curve"] = [4.0, 2.0, 0.0], [2.0, 2.0, 1.0]
    (curve,) = board(rows).curves
    assert curve["x"].tolist() == [0, 0.5, 1]
    assert curve["value"].tolist() == [3, 2, 0.5]
    assert curve["ci_low"].tolist() == [2, 2, 0]
    assert curve["ci_high"].tolist() == [4, 2, 1]
    with pytest.raises(InputError, match="different lengths"):
        board([rows[0], rows[1] | {"curve": [1.0]}])


def test_the_verdict_is_read_off_the_images() -> None:
    shift = {"score": "shift", "metric": "cosine", "fill": "", "score_space": ""}
    rows = values("ours", NOISE[0] + 9) + values("r1", NOISE[1]) + values("r2", NOISE[2])
    rows += values("ours", NOISE[0], fill="blur") + values("r1", NOISE[0], fill="blur")
    rows += values("r2", NOISE[1] - 9, fill="blur")
    rows += values("ours", NOISE[0], **shift) + values("r1", NOISE[1] + 9, **shift)
    rows += values("r2", NOISE[2] - 9, **shift)
    found = verdict(board(rows), "ours", ("r1", "r2"))
    assert [(c.fill, c.answer, c.rivals) for c in found.cells] == [
        ("zero", Answer.FIRST, ()),
        ("blur", Answer.TIED, ("r1",)),
        ("", Answer.BEHIND, ("r1",)),
    ]
    assert not found.reached
    assert verdict(board(rows), "ours", ("r2",)).reached
    missing = verdict(board(rows), "ours", ("r2", "r3")).cells[0]
    assert (missing.answer, missing.rivals) == (Answer.MISSING, ("r3",))
    assert not verdict(board(rows), "nobody", ("r2",)).reached


def test_a_tie_in_flipping_does_not_reach_the_goal_and_one_in_shift_does() -> None:
    def reached(flip: Answer, shift: Answer) -> bool:
        cells = [
            Question("d", "m", metric, "", "", answer, ())
            for metric, answer in ((FLIP, flip), (SHIFT, shift))
        ]
        return Verdict("ours", tuple(cells)).reached

    assert reached(Answer.FIRST, Answer.FIRST)
    assert reached(Answer.FIRST, Answer.TIED)
    assert not reached(Answer.TIED, Answer.FIRST)
    assert not reached(Answer.FIRST, Answer.BEHIND)
    assert not reached(Answer.FIRST, Answer.MISSING)


def test_nobody_is_first_with_a_worse_mean() -> None:
    """Better on almost all images, far worse on one: the ranks tell them apart, the means the other way."""
    rivals = np.arange(40.0)
    ours = rivals + 1
    ours[7] -= 1000
    (cell,) = verdict(
        board(values("ours", ours.tolist()) + values("r1", rivals.tolist())), "ours", ("r1",)
    ).cells
    assert (cell.answer, cell.rivals) == (Answer.TIED, ("r1",))


def test_a_key_that_occurs_twice_and_a_score_of_another_version_are_refused() -> None:
    rows = values("a", [1.0, 2.0])
    with pytest.raises(InputError, match=r"1 rows occur twice.*'image': 1"):
        consolidate([table(rows), table([rows[1] | {"value": 5.0}])])
    with pytest.raises(InputError, match="'flop'"):
        board([row | {"score": "flop"} for row in rows])
    with pytest.raises(InputError, match=r"flip\.no"):
        board([row | {"metric": "no"} for row in rows])


def folder(path: Path, rows: list[dict[str, Any]], shards: int) -> Path:
    (path / "rows").mkdir(parents=True)
    names = [f"s{i}" for i in range(shards)]
    for i, name in enumerate(names):
        parquet.write_table(table(rows[i::shards]), path / "rows" / f"{name}.parquet")
    (path / "run.json").write_text(json.dumps(asdict(RUN) | {"rows": names, "study": {}}))
    return path


ROWS = [
    *values("openbox", NOISE[0], curve=[1.0, 0.0]), *values("lime", NOISE[1], curve=[1.0, 0.5]),
    *values("openbox", NOISE[2], model_seed=1, curve=[0.5, 0.5]), *failures("lime", range(9), model_seed=1),
]  # fmt: skip
FILES = ["leaderboard.csv", "metrics.csv", "leaderboard.md", "curves.csv", "rows.parquet"]


def test_the_same_rows_in_any_order_and_any_shards_give_the_same_bytes(tmp_path: Path) -> None:
    shuffled = [ROWS[i] for i in np.random.default_rng(1).permutation(len(ROWS))]
    one, other = folder(tmp_path / "one", ROWS, 1), folder(tmp_path / "other", shuffled, 5)
    for path in (one, other):
        assert main(["leaderboard", str(path), "--resamples", "100"]) == 0
    for name in FILES:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    again = parquet.read_table(one / "rows.parquet")
    assert again.schema.equals(SCHEMA)
    assert len(again) == len(ROWS)


def test_a_committed_result_gives_the_same_leaderboard_again(tmp_path: Path) -> None:
    run, out = folder(tmp_path / "run", ROWS, 2), tmp_path / "out"
    options = ["--resamples", "100", "--no-curves"]
    assert main(["leaderboard", str(run), "--out", str(out), *options]) == 0
    assert sorted(p.name for p in out.iterdir()) == sorted([*FILES, "run.json"])
    assert parquet.read_table(out / "rows.parquet")["curve"].null_count == len(ROWS)
    before = {name: (out / name).read_bytes() for name in FILES}
    assert main(["leaderboard", str(out), *options]) == 0
    assert {name: (out / name).read_bytes() for name in FILES} == before


def test_a_part_of_a_study_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = folder(tmp_path / "run", ROWS, 3)
    (run / "rows" / "s1.parquet").unlink()
    (run / "rows" / "older.parquet").write_bytes(b"of another study")  # not on the card
    assert main(["leaderboard", str(run), "--resamples", "100"]) == 0
    assert "1 of 3 files are not there yet" in capsys.readouterr().err
    assert "**A part of the study: 1 of 3 files are not there yet.**" in (run / "leaderboard.md").read_text()


def _no_card(run: Path) -> None:
    (run / "run.json").unlink()


def _bad_card(run: Path) -> None:
    (run / "run.json").write_text("[1]")


def _no_rows(run: Path) -> None:
    (run / "rows" / "s0.parquet").unlink()


def _damaged(run: Path) -> None:
    path = run / "rows" / "s0.parquet"
    path.write_bytes(path.read_bytes()[:-40])


def _other_schema(run: Path) -> None:
    path = run / "rows" / "s0.parquet"
    parquet.write_table(parquet.read_table(path).drop_columns(["order"]), path)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_no_card, "is not the card of a run"),
        (_bad_card, "is not the card of a run"),
        (_no_rows, "there are no rows"),
        (_damaged, "is damaged"),
        (_other_schema, "has other columns"),
    ],
)
def test_a_bad_folder_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any, says: str
) -> None:
    run, out = folder(tmp_path / "run", ROWS, 1), tmp_path / "out"
    spoil(run)
    assert main(["leaderboard", str(run), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_place_that_cannot_be_written_and_no_resamples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = folder(tmp_path / "run", ROWS, 1)
    (tmp_path / "file").touch()
    assert main(["leaderboard", str(run), "--out", str(tmp_path / "file" / "out")]) == 2
    assert "cannot write" in capsys.readouterr().err
    assert main(["leaderboard", str(run), "--resamples", "0"]) == 2
    assert main(["leaderboard", str(tmp_path / "nowhere")]) == 2
    assert sorted(path.name for path in run.iterdir()) == ["rows", "run.json"]
