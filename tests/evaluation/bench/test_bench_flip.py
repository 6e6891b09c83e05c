"""``bench flip``: all methods flip the same pixels, a wrong one is caught, the floor passes as many images.

No test looks at a time. Quantus is in no requirements: a stand-in with its interface, written from its
documentation in plain loops, takes its place, so that what it is given and what is made of it is tested.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from bench_cases import CONDITIONS, listed
from score_cases import random_tensor
from torch import Tensor, nn

from evaluation.__main__ import main
from evaluation.bench.conduct.results import columns, read_rows
from evaluation.bench.conduct.settings import FOLDER, Settings
from evaluation.bench.flip.benchmark import FlipRow, format_cell, measure_cell
from evaluation.bench.flip.flippers import FLIPPERS, FLOOR, OURS, Flipper, Flipping, flipping
from evaluation.conditions import Conditions


class StandIn:
    """``PixelFlipping`` for single images: values go one step after the other, most relevant first."""

    def __init__(
        self,
        features_in_step: int,
        abs: bool,
        normalise: bool,
        perturb_baseline: float,
        disable_warnings: bool,
    ) -> None:
        assert not abs
        assert not normalise
        self.step, self.value = features_in_step, perturb_baseline
        self.scores: list[list[float]] = []

    def __call__(
        self, model: nn.Module, x_batch: np.ndarray, y_batch: np.ndarray, a_batch: np.ndarray,
        channel_first: bool, softmax: bool, device: str, batch_size: int,
    ) -> list[list[float]]:  # fmt: skip
        assert softmax
        assert channel_first
        assert x_batch.shape == a_batch.shape
        assert not model.training
        assert np.prod(x_batch.shape[2:]) % self.step == 0, "Set 'features_in_step' so that"
        for x, y, a in zip(x_batch, y_batch, a_batch, strict=True):
            values, curve = x.flatten().copy(), []
            order = sorted(range(values.size), key=lambda i, a=a: -a.flatten()[i])
            for start in range(0, values.size, self.step):
                for i in order[start : start + self.step]:
                    values[i] = self.value
                z = model(torch.from_numpy(values.reshape(1, *x.shape)))[0].detach().numpy().astype(float)
                curve.append(float(np.exp(z[y]) / np.exp(z).sum()))
            self.scores.append(curve)
        return self.scores

    @property
    def get_auc_score(self) -> float:
        return float(np.mean([np.trapz(curve) for curve in self.scores]))  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture
def quantus(monkeypatch: pytest.MonkeyPatch) -> None:
    path = "quantus.metrics.faithfulness.pixel_flipping"
    for depth in range(1, 5):
        monkeypatch.setitem(sys.modules, ".".join(path.split(".")[:depth]), ModuleType("stand-in"))
    monkeypatch.setattr(sys.modules[path], "PixelFlipping", StandIn, raising=False)


def work(channels: int = 3, images: int = 5, steps: int = 4, batch: int = 7) -> Flipping:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(channels, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 48, 5)
        )  # fmt: skip
    model = model.eval().requires_grad_(False)
    x = random_tensor(0, images, channels, 6, 8).float().to(memory_format=torch.channels_last)
    return flipping(model, x, random_tensor(1, images, 6, 8).float(), steps, batch)


def measured(methods: tuple[str, ...] = tuple(FLIPPERS)) -> dict[str, FlipRow]:
    settings = Settings(("small",), (5,), methods, ("cpu",), 2, 60, 0, 0, Path())
    whole = work()
    rows = measure_cell("small", "random", whole, whole, settings, CONDITIONS, lambda what: None)
    return {row.method: row for row in rows}


@pytest.mark.usefixtures("quantus")
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("steps", [1, 4, 16, 48])
def test_quantus_removes_the_same_pixels(channels: int, steps: int) -> None:
    """By its interface it removes values of channels, in other memory: the curves are the same."""
    task, before = work(channels, steps=steps), hasattr(np, "trapz")
    ours, theirs = (FLIPPERS[name].function(task) for name in (OURS, "quantus"))
    assert ours.shape == (5, 2, steps)
    torch.testing.assert_close(theirs, ours, rtol=0, atol=1e-6)
    if steps > 1:
        assert float((ours[:, 0] - ours[:, 1]).abs().max()) > 1e-3, "the orders differ"
    assert hasattr(np, "trapz") == before, "borrowed and returned"


@pytest.mark.parametrize("steps", [1, 4, 16])
@pytest.mark.parametrize("images", [1, 5, 20])
def test_the_floor_passes_as_many_images_in_the_same_way(steps: int, images: int) -> None:
    task = work(images=images, steps=steps)
    seen: dict[str, list[Tensor]] = {}
    for name in (FLOOR, OURS):
        inputs: list[Tensor] = []

        def note(module: nn.Module, args: tuple[Tensor], to: list[Tensor] = inputs) -> None:
            to.append(args[0])

        hook = task.case.model.register_forward_pre_hook(note)
        FLIPPERS[name].function(task)
        hook.remove()
        seen[name] = inputs
    for inputs in seen.values():
        assert sum(map(len, inputs)) == task.altered == 2 * steps * images
        assert max(map(len, inputs)) <= task.case.batch
    assert all(x.is_contiguous(memory_format=torch.channels_last) for x in seen[FLOOR])


@pytest.mark.usefixtures("quick", "quantus")
def test_a_cell_has_a_complete_row_for_every_method() -> None:
    rows = measured()
    assert list(rows) == list(FLIPPERS)
    for name, row in rows.items():
        assert (row.images, row.steps, row.batch, row.repeats, row.note) == (5, 4, 7, 2, "")
        assert row.seconds_median is not None
        assert row.images_per_second == pytest.approx(40 / row.seconds_median, rel=1e-3)
        assert None not in (row.share_of_floor_median, row.share_of_floor_q1, row.share_of_floor_q3)
        assert (row.deviation is None) == (name != "quantus")
    assert rows[FLOOR].share_of_floor_median == 1
    assert all(name in format_cell(list(rows.values())) for name in rows)


@pytest.mark.usefixtures("quick")
def test_quantus_that_is_not_there_is_a_row_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "quantus", None)  # as if it were not installed
    rows = measured()
    assert "quantus" in rows["quantus"].note
    assert rows["quantus"].images_per_second is None
    assert rows[OURS].note == ""
    assert rows["quantus"].note in format_cell(list(rows.values()))


def _a_little_off(task: Flipping) -> Tensor:
    found = FLIPPERS[OURS].function(task).clone()
    found[-1, -1, -2] += 3e-5  # one step of one image
    return found


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "wrong",
    [
        _a_little_off,
        lambda task: FLIPPERS[OURS].function(task).flip(1),
        lambda task: FLIPPERS[OURS].function(task)[:, :, 1:],
        lambda task: FLIPPERS[OURS].function(task) * torch.nan,
    ],
)
def test_a_wrong_rival_is_not_timed(
    wrong: Callable[[Flipping], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FLIPPERS, "quantus", Flipper(wrong, "a test's own"))
    rows = measured()
    assert rows["quantus"].note.startswith("wrong: deviates by ")
    assert rows["quantus"].seconds_median is None
    assert rows[OURS].repeats == 2


def words(out: Path, *more: str) -> list[str]:
    small = ["--networks", "cnn28", "--batches", "2", "--repeats", "1", "--device", "cpu", "--steps", "2"]
    return ["bench", "flip", *small, "--methods", OURS, "--out", str(out), *more]


@pytest.mark.usefixtures("quick")
def test_the_command_prints_the_table_and_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(tmp_path)) == 0
    (path,) = tmp_path.iterdir()
    rows = read_rows(path, FlipRow)
    assert [(row.network, row.images, row.steps, row.method) for row in rows] == [
        ("cnn28", 2, 2, FLOOR),
        ("cnn28", 2, 2, OURS),
    ]
    said = capsys.readouterr().out
    assert f"written: {path}" in said
    assert "cnn28 (mnist-cnn-seed0), 2 images, 2 steps" in said


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--steps", "0"], "bench flip: --steps has '0'; pass positive integers"),
        (["--steps", "4,4"], "bench flip: --steps '4,4'; pass different values"),
        (["--methods", "captum"], "bench flip: unknown method 'captum'; known: floor, openbox, quantus"),
        (["--networks", "vgg"], "bench flip: unknown network 'vgg'"),
    ],
)
def test_a_mistake_costs_one_line(
    more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(tmp_path / "out", *more)) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert len(said.splitlines()) == 1


def test_the_readme_lists_exactly_the_columns_and_the_methods() -> None:
    assert listed("flip") == (list(FLIPPERS), columns(FlipRow))


def test_the_committed_table_is_checked_complete_and_reaches_the_goal() -> None:
    """0.7 of the floor everywhere; Quantus was there, and gave the same curves."""
    (path,) = FOLDER.glob("flip-cpu-*.csv")
    rows = read_rows(path, FlipRow)
    for row in rows:
        of = Conditions(row.device, row.processor, row.threads, row.torch, row.git_sha)
        assert path.name == of.file_name("flip")
        assert row.share_of_floor_median is not None, row.note
        assert row.repeats >= 3, "fewer say nothing on a machine that does other work"
        if row.method == OURS:
            assert row.share_of_floor_median >= 0.7, row.cell
        if row.method == "quantus":
            assert row.deviation is not None
            assert row.deviation <= 1e-5
    cells = {row.cell for row in rows}
    assert len(rows) == len(FLIPPERS) * len(cells)
    assert {cell[0] for cell in cells} == {"cnn28", "resnet20"}
    assert len({cell[1] for cell in cells}) > 1
    assert len({cell[2] for cell in cells}) > 1
