"""``bench geometry``: rivals that answer the same question by other means, and what a row says of them.

No test looks at a time. The networks are small and random, with pooling; the pictures are embedded.
"""

import argparse
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from bench_cases import CONDITIONS, listed
from small_cases import fix
from torch import Tensor, nn

import openbox
from evaluation.__main__ import main
from evaluation.bench.conduct.contest import Outcome
from evaluation.bench.conduct.networks import TimedNetwork
from evaluation.bench.conduct.results import columns, read_rows
from evaluation.bench.conduct.settings import FOLDER, Settings
from evaluation.bench.conduct.timing import Timing
from evaluation.bench.geometry import choice, counterfactuals
from evaluation.bench.geometry.benchmark import GeometryRow, format_cell, measure_cell, scaled
from evaluation.bench.geometry.choice import PARTS, WINDOWS, Choice, declare_choice, read_choice
from evaluation.bench.geometry.counterfactuals import counterfactual_task, reached
from evaluation.bench.geometry.exits import exit_task
from evaluation.bench.geometry.naive_slice import clip_all, naive_slice
from evaluation.bench.geometry.norms import LOOP, norms_task, open_gates, sample
from evaluation.bench.geometry.passes import passes
from evaluation.bench.geometry.segments import segment_task
from evaluation.bench.geometry.slices import slice_task
from evaluation.bench.geometry.task import DATA, OURS, Counts, PreparedNetwork, Task, inputs
from evaluation.conditions import Conditions
from openbox.geometry.regions.crossing import Crossing
from openbox.geometry.regions.region import Region

SETTINGS = Settings((), (), (), ("cpu",), 2, 60, 0, 0, Path())


def build() -> nn.Module:
    """Small, with a pooling layer that leaves the edge out: 8 -> 2."""
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3), nn.Flatten(), nn.Linear(16, 12), nn.ReLU(),
        nn.Linear(12, 4),
    )  # fmt: skip
    fix(model, 4)
    return model


@cache
def small(*_: str) -> PreparedNetwork:
    entry = TimedNetwork(build, (1, 8, 8), 4, "random", 7)
    net = openbox.capture(entry.build(), torch.rand(1, 1, 8, 8))
    return PreparedNetwork("small", entry, entry.build().double(), net)


def cell_of(task: Task) -> dict[str, GeometryRow]:
    rows = measure_cell(task, SETTINGS, CONDITIONS, lambda what: None)
    assert task.part in format_cell(rows)
    return {row.method: row for row in rows}


def point() -> Tensor:
    return inputs("random", 1, small().entry)


def test_the_loop_of_products_finds_the_nearest_border_of_all() -> None:
    """It shares no code with the region: hooks on the module, one backward pass for each margin."""
    gates = open_gates(small().module, point())
    names, sizes = list(gates.read), gates.places().tolist()
    with torch.enable_grad():
        distances = [
            gates.distance(gates.margin(name, unit, neighbour))
            for name, (units, neighbours) in zip(names, sizes, strict=True)
            for unit in range(units)
            for neighbour in range(neighbours)
        ]
    region = small().net.region(point())
    assert len(distances) == sum(int(margins.isfinite().sum()) for margins in region.local.margins)
    nearest = min(distance for distance in distances if not math.isnan(distance))
    assert nearest == pytest.approx(region.distance(2).step, rel=1e-9)


def test_the_sample_is_seeded_and_within_every_layer() -> None:
    gates = open_gates(small().module, point())
    drawn = sample(gates, 300)
    assert drawn == sample(gates, 300)
    sizes = dict(zip(gates.read, gates.places().tolist(), strict=True))
    assert {name for name, _, _ in drawn} == set(sizes)
    for name, unit, neighbour in drawn:
        units, neighbours = sizes[name]
        assert unit < units
        assert neighbour < neighbours


def test_the_loop_refuses_windows_that_overlap() -> None:
    model = nn.Sequential(nn.MaxPool2d(3, 2))
    with pytest.raises(ValueError, match="no overlapping or padded windows"):
        open_gates(model, torch.rand(1, 1, 8, 8))


def test_the_naive_rival_clips_by_hand() -> None:
    square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    slopes, constants = np.array([[-1.0, 0.0], [0.0, -2.0], [-1.0, -1.0]]), np.array([0.0, 0.0, 9.0])
    found = clip_all(square, slopes, constants)  # x <= 0, y <= 0, and one that cuts nothing
    assert sorted(map(tuple, found.tolist())) == [(-1, -1), (-1, 0), (0, -1), (0, 0)]
    assert len(clip_all(square, np.array([[1.0, 0.0]]), np.array([-2.0]))) < 3, "nothing is left"


@pytest.mark.parametrize("extent", [0.05, 0.2])
def test_the_naive_rival_finds_the_same_regions(extent: float) -> None:
    corners = inputs("random", 3, small().entry)
    plane = corners[:1], corners[1:2] - corners[:1], corners[2:] - corners[:1]
    net = small().net
    with torch.no_grad():
        count, covered = naive_slice(net.view(), *plane, extent)
    assert count == len(net.slice(*plane, extent).region_ids)
    assert count > 5
    assert covered == pytest.approx(1, abs=1e-6)


def test_passes_are_counted_by_operations() -> None:
    model, x = build(), torch.rand(2, 1, 8, 8)
    assert passes(lambda: [model(x) for _ in range(3)], lambda: model(x[:1])) == 6


def test_who_changes_no_class_or_leaves_the_bounds_reaches_nothing() -> None:
    def module(x: Tensor) -> Tensor:
        return torch.stack((x.sum(1), torch.ones(len(x), dtype=x.dtype)), 1)

    x = torch.zeros(4, 2, dtype=torch.float64)
    points = torch.tensor([[0.3, 0.4], [0.6, 0.8], [1.2, 0.0], [1.0, 0.5]], dtype=torch.float64)
    assert reached(module, x, points, 2).tolist() == [math.inf, 1.0, math.inf, pytest.approx(1.25**0.5)]
    assert reached(module, x, points, math.inf)[1] == 0.8


@pytest.mark.usefixtures("quick")
def test_the_time_of_a_sample_is_scaled_up_and_that_is_said() -> None:
    outcome = Outcome({"a": Timing([1.0, 2.0]), "b": Timing([3.0])}, {}, 0)
    found = scaled(outcome, {"a": Counts(60, 20), "b": Counts(5, 5)}).measurements
    assert (found["a"].seconds, found["b"].seconds) == ([3.0, 6.0], [3.0])
    rows = cell_of(norms_task(small(), "random", 6))
    assert (rows[LOOP].measured, rows[OURS].measured) == (6, rows[OURS].count)
    assert rows[LOOP].note == f"6 of {rows[LOOP].count} products timed, seconds scaled up"
    assert rows[OURS].note == ""


@pytest.mark.usefixtures("quick")
def test_a_border_that_is_not_the_nearest_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = Region.distance

    def farther(region: Region, norm: float) -> Crossing:
        found = true(region, norm)
        return Crossing(1.5 * found.step, found.gate)

    monkeypatch.setattr(Region, "distance", farther)
    rows = cell_of(norms_task(small(), "random", 6))
    assert rows[LOOP].note.startswith("wrong: deviates by 3.3e-01")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_an_exit_that_is_none_is_not_timed(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    true = Region.exit
    monkeypatch.setattr(Region, "exit", lambda region, d: Crossing(factor * true(region, d).step, None))
    for row in cell_of(exit_task(small(), "random")).values():
        assert "the region does not end at step" in row.note
        assert row.seconds_median is None


@pytest.mark.usefixtures("quick")
def test_a_rival_that_misses_regions_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.bench.geometry.slices.naive_slice", lambda *_: (3, 1.0))
    rows = cell_of(slice_task(small(), "random", 0.1, True))
    assert rows["naive"].note.startswith("wrong: deviates by")
    assert rows[OURS].per_second is not None


@pytest.mark.usefixtures("quick")
def test_the_floor_of_a_segment_passes_every_breakpoint() -> None:
    subject = replace(small(), module=build().double())
    seen: list[int] = []
    subject.module.register_forward_pre_hook(lambda _, args: seen.append(len(args[0])))
    task = segment_task(subject, "embedded")
    task.contest.reference()
    seen.clear()
    task.contest.whole["forward"]()
    assert sum(seen) == task.facts(OURS).count > 3
    assert max(seen) <= subject.entry.chunk
    assert task.facts("forward").passes == 1


@pytest.mark.usefixtures("quick")
def test_a_method_that_finds_nothing_is_not_nearer(monkeypatch: pytest.MonkeyPatch) -> None:
    true = counterfactuals.deepfool
    monkeypatch.setattr(counterfactuals, "deepfool", lambda module, x, norm: true(module, x, norm, steps=0))
    rows = cell_of(counterfactual_task(small(), "embedded", "l2", 3))
    assert (rows["deepfool"].success, rows["deepfool"].not_nearer) == (0, 1)
    assert rows["deepfool"].farther_median is None
    assert (rows[OURS].success, rows[OURS].farther_median) == (1, 1)


def words(out: Path, *more: str) -> list[str]:
    tiny = ["--windows", "0.05,0.1", "--samples", "5", "--inputs", "2", "--repeats", "1", "--device", "cpu"]
    return ["bench", "geometry", *tiny, "--out", str(out), *more]


@pytest.mark.usefixtures("quick")
def test_the_command_measures_every_part_and_every_method(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(choice, "subject", small)
    assert main(words(tmp_path)) == 0
    (path,) = tmp_path.iterdir()
    rows = read_rows(path, GeometryRow)
    assert list(dict.fromkeys(row.part for row in rows)) == list(PARTS)
    assert listed("geometry") == (list(dict.fromkeys(row.method for row in rows)), columns(GeometryRow))
    for row in rows:
        assert row.seconds_median is not None, row.note
        assert None not in (row.count, row.per_second)
        assert (row.method == row.base) <= (row.ratio_to_base_median == 1)
    alone = [row.setting for row in rows if row.ratio_to_base_median is None]
    assert alone == ["extent 0.1"], "the rival is asked for the smallest window only"
    assert f"written: {path}" in capsys.readouterr().out


def test_a_part_is_chosen_and_its_cells_are_told_apart() -> None:
    every = Choice(tuple(PARTS), (0.1, 0.2), 5, 2, "mnist").cells()
    assert len(every) == 1 + 1 + 2 + 2 + 4
    assert len(Choice(("norms",), (0.1,), 5, 2, "mnist").cells()) == 1


MISTAKES: dict[str, tuple[list[str], str]] = {
    "unknown part": (["--only", "exit,fly"], "unknown part 'fly'; known: counterfactual, exit, norms"),
    "unknown data": (["--data", "cats"], "unknown data 'cats'; known: embedded, mnist, random"),
    "part twice": (["--only", "exit,exit"], "--only 'exit,exit'; pass different values"),
    "window of nothing": (["--windows", "0"], "--windows '0'; pass different positive numbers"),
    "window that is no number": (["--windows", "1,x"], "--windows '1,x'; pass different positive numbers"),
    "no sample": (["--samples", "0"], "--samples 0 --inputs 2; both must be positive"),
    "more inputs than digits": (["--inputs", "51"], "there are 50 embedded digits"),
    "no repetition": (["--repeats", "0"], "bench geometry: --repeats 0 --budget 120"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_one_line(mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more, message = MISTAKES[mistake]
    assert main(words(tmp_path / "out", *more)) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_windows_follow_the_data_unless_they_are_given() -> None:
    parser = argparse.ArgumentParser()
    declare_choice(parser)
    plain, given = (
        read_choice("x", parser.parse_args(["--data", "random", *more]))
        for more in ([], ["--windows", "2,1"])
    )
    assert (plain.windows, given.windows) == (WINDOWS["random"], (2, 1))
    assert set(WINDOWS) == set(DATA)


def test_data_that_is_not_there_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path / "nothing"))
    assert main(words(tmp_path / "out", "--data", "mnist")) == 2
    assert "mnist" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_committed_tables_are_of_this_format_and_named_by_their_conditions() -> None:
    for path in FOLDER.glob("geometry-*.csv"):
        for row in read_rows(path, GeometryRow):
            of = Conditions(row.device, row.processor, row.threads, row.torch, row.git_sha)
            assert path.name == of.file_name("geometry")
