"""The wheel, alone in an environment of its own with nothing beside it: it opens a network there."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import openbox

ROOT = Path(__file__).parents[1]
PARTS = ("openbox", "evaluation", "checkpoints")
FILES = ("setup.py", "pyproject.toml", "README.md", "LICENSE")
LOOK = """
import sys, torch, openbox
from pathlib import Path
from openbox.zoo import list_checkpoints, load, load_checkpoint
from openbox.zoo.checkpoints import training_folder
from openbox_evaluation.runner.plan.study_file import find_study, read_study
from openbox_evaluation.conditions import git_sha
home = Path(sys.prefix).resolve()
assert home in Path(openbox.__file__).resolve().parents, openbox.__file__
assert not any(name == "evaluation" or name.startswith("evaluation.") for name in sys.modules)
model = load_checkpoint("digits-cnn-seed0").model.double()
x = load("digits").batch(slice(2)).double()
piece = openbox.capture(model, x[:1]).linearize(x)
assert float(piece.error.max()) < 1e-12
print(openbox.__version__, list_checkpoints(), read_study(find_study("quick")).name, repr(git_sha()))
print(training_folder(), [name for name in dir(openbox) if not name.startswith("_")])
try:
    load_checkpoint("mnist-cnn-seed0")
except Exception as error:
    print(error)
"""

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: setuptools would leave ``build/`` in the checkout, and take old files from it."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, source)
    words = ["wheel", str(source), "--no-deps", "--no-build-isolation", "--no-index", "-w", str(out)]
    subprocess.run([sys.executable, "-m", "pip", "-q", *words], check=True)
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel; the dependencies are those of this one, without its hooks."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    words = ["--python", str(folder / "bin/python"), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    return folder


def run(environment: Path, place: Path, *words: str) -> str:
    """What a command of the environment prints, started in an empty folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "OPENBOX"))}
    command = [str(environment / "bin" / words[0]), *words[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=clean)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_what_it_should_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"openbox", "openbox_evaluation", f"openbox_explain-{openbox.__version__}.dist-info"}
    ours = {f"openbox/{path.relative_to(ROOT / 'openbox')}" for path in (ROOT / "openbox").rglob("*.py")}
    harness = (ROOT / "evaluation").rglob("*.py")
    ours |= {f"openbox_evaluation/{path.relative_to(ROOT / 'evaluation')}" for path in harness}
    assert {name for name in names if name.endswith(".py")} == ours
    data = {
        "openbox/py.typed",
        "openbox/__init__.pyi",
        "openbox/zoo/__init__.pyi",
        "openbox/zoo/data/digits_test.txt",
        "openbox/zoo/data/invented.txt",
    }
    data |= {
        f"openbox/zoo/packaged/digits-cnn-seed0.{suffix}" for suffix in ("json", "safetensors", "capture")
    }
    for room in ("", "models/"):
        studies = (ROOT / "evaluation" / room / "studies").glob("*.toml")
        data |= {f"openbox_evaluation/{room}studies/{path.name}" for path in studies}
    rest = {name for name in names if not name.endswith(".py") and ".dist-info/" not in name}
    assert rest == data


def test_it_opens_a_network_and_finds_a_study(environment: Path, tmp_path: Path) -> None:
    first, second, third = run(environment, tmp_path, "python", "-c", LOOK).splitlines()
    assert first == f"{openbox.__version__} ['digits-cnn-seed0'] quick ''"
    public = [name for name in dir(openbox) if not name.startswith("_")]
    assert second == f"checkpoints {public}"
    assert "unknown checkpoint 'mnist-cnn-seed0'; known: digits-cnn-seed0" in third
    assert "python -m openbox.zoo.train --data mnist --network cnn --seed 0" in third
    assert "OPENBOX_CHECKPOINTS" in third
    assert "checkpoints/ of OpenBox's repository" in third


def test_its_commands_run(environment: Path, tmp_path: Path) -> None:
    assert "--model package.module:factory" in run(environment, tmp_path, "openbox", "--help")
    words = ("run", "--limit", "1", "--methods", "random")
    said = run(environment, tmp_path, "openbox-eval", *words, "--study", "quick")
    assert "next: openbox-eval leaderboard" in said
    assert list((tmp_path / "runs" / "quick" / "rows").glob("*.parquet"))
