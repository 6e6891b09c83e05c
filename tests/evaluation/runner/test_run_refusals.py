"""Mistakes on the command line and disks that fail: one clear line, exit code 2, nothing half-written."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tiny_study import all_rows, run_study, same_in_all_runs, write_study

from evaluation import engines
from evaluation.files import write_by_rename
from openbox.errors import InputError
from openbox.zoo.checkpoints import checkpoint_folder

OPTIONS = {
    "--shard 3/2": "run: --shard '3/2'; pass I/N with 1 <= I <= N",
    "--shard 0/2": "run: --shard '0/2'",
    "--shard 0/0": "run: --shard '0/0'",
    "--shard -1/2": "argument --shard: expected one argument",
    "--shard 1/2/3": "run: --shard '1/2/3'",
    "--shard x": "run: --shard 'x'",
    "--limit 0": "run: --limit 0; pass a positive number",
    "--limit -1": "run: --limit -1; pass a positive number",
    "--limit some": "argument --limit: invalid int value: 'some'",
    "--methods random,random": "run: --methods 'random,random'; pass different names",
    "--methods random,": "run --methods: unknown method ''; known: ",
    "--methods rndom": "run --methods: unknown method 'rndom'; known: decision_features, deconvolution",
    "--device cuda:77": "run: no device 'cuda:77' here",
    "--device tpu": "run: no device 'tpu' here",
    "--workers 2": "engine local: one process, but --workers 2; use --engine ray",
    "--workers 0": "run: --workers 0; pass a positive number",
    "--threads 0": "run: --threads 0; pass a positive number",
    "--engine dask": "argument --engine: invalid choice: 'dask'",
    "--frequency 3": "unrecognized arguments: --frequency 3",
}


@pytest.mark.parametrize("options", OPTIONS)
def test_a_mistake_is_one_line_and_nothing_is_written(
    options: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, out = write_study(tmp_path), tmp_path / "runs"
    try:
        code = run_study(study, out, *options.split(" "))
    except SystemExit as end:  # argparse
        code = end.code
    assert code == 2
    err = capsys.readouterr().err
    assert OPTIONS[options] in err
    assert err.count("\n") == 1, err
    assert not out.exists()


def refused(capsys: pytest.CaptureFixture[str], study: Path | str, out: Path, *options: str) -> str:
    assert run_study(Path(study), out, *options) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1, err
    return err


def test_an_unknown_study_lists_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    err = refused(capsys, "qick", tmp_path / "runs")
    assert err.startswith("--study 'qick': neither a file nor one of ")
    assert "quick" in err
    assert "cannot be read" in refused(capsys, Path(__file__), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_checkpoints_that_are_missing_or_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # a number of references of its own, for testbeds stay in memory
    study, out = write_study(tmp_path, ("references = 4", "references = 5")), tmp_path / "runs"
    there, copy = checkpoint_folder(), tmp_path / "checkpoints"
    copy.mkdir()
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(copy))
    assert "unknown checkpoint 'digits-cnn-seed0'; known: " in refused(capsys, study, out)
    shutil.copy(there / "digits-cnn-seed0.json", copy)
    weights = copy / "digits-cnn-seed0.safetensors"
    weights.write_bytes(b"damaged")
    assert "restore the file, or train again" in refused(capsys, study, out)
    weights.unlink()
    assert "cannot read" in refused(capsys, study, out)
    assert not out.exists()


def test_a_data_set_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = write_study(tmp_path, ('"digits"', '"mnist"'))
    err = refused(capsys, study, tmp_path / "runs", "--data-root", str(tmp_path / "empty"))
    assert "zoo.load('mnist'): nothing readable under" in err
    assert not (tmp_path / "runs").exists()


def test_folders_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, file = write_study(tmp_path), tmp_path / "file"
    file.write_text("mine")
    assert "run: cannot write into --out" in refused(capsys, study, file)
    assert "run: cannot write into --out" in refused(capsys, study, Path("/proc/nowhere"))
    (tmp_path / "runs" / "tiny").mkdir(parents=True)
    (tmp_path / "runs" / "tiny" / "rows").write_text("mine")
    assert "run: cannot write into --out" in refused(capsys, study, tmp_path / "runs")
    assert file.read_text() == "mine"


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """What a full disk does: a write fails half-way (Python ignores the signal that comes with it)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("size", "where"), [(300, "run.json"), (1500, "maps/"), (4000, "rows/")], ids=["run.json", "maps", "rows"]
)
def test_a_full_disk(size: int, where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, out = write_study(tmp_path, ("shard_images = 3", "shard_images = 6")), tmp_path / "runs"
    with no_file_above(size):
        err = refused(capsys, study, out)
    assert err.startswith(f"run: cannot write {out / 'tiny' / where}")
    assert "make room or choose another --out" in err
    left = [path for path in out.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".partial"]
    assert all(path.stat().st_size < size for path in left)
    assert run_study(study, out) == 0
    assert run_study(study, tmp_path / "unbroken") == 0
    assert same_in_all_runs(all_rows(out)) == same_in_all_runs(all_rows(tmp_path / "unbroken"))


def test_two_processes_never_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def slowly(partial: Path) -> None:
        with partial.open("w") as first:
            first.write("fir")
            write_by_rename("test", path, lambda other: other.write_text("second"))
            assert path.read_text() == "second"
            first.write("st")

    write_by_rename("test", path, slowly)
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    def interrupted(partial: Path) -> None:
        partial.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_by_rename("test", tmp_path / "file", interrupted)
    with pytest.raises(InputError, match="cannot write"):
        write_by_rename("test", tmp_path / "no" / "folder", lambda partial: partial.write_text("x"))
    assert not list(tmp_path.iterdir())


def test_ray_that_is_not_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines.importlib.util, "find_spec", lambda name: None)
    err = refused(capsys, write_study(tmp_path), tmp_path / "runs", "--engine", "ray", "--workers", "2")
    assert err == "engine ray: Ray is not installed; pip install -r requirements-ray.txt\n"
    assert not (tmp_path / "runs").exists()


@pytest.mark.long
def test_a_process_says_a_mistake_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evaluation", "run", "--shard", "3/2", "--out", str(tmp_path / "runs")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "run: --shard '3/2'; pass I/N with 1 <= I <= N, such as 1/4\n"
