"""The public face: ``dir`` shows what can be had, no module takes a name of it, and it costs no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

import openbox
import openbox.zoo
from openbox.face import read_face

PACKAGES = {"openbox": openbox, "openbox.zoo": openbox.zoo}


def public(package: str) -> set[str]:
    return {name for name in dir(PACKAGES[package]) if not name.startswith("_")}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_the_face_is_there_and_nothing_else_shows(package: str) -> None:
    module = PACKAGES[package]
    folder = Path(str(module.__file__)).parent
    names = set(read_face(folder / "__init__.pyi"))
    assert len(names) > 5
    assert public(package) == names == set(module.__all__)
    for name in names:
        assert getattr(module, name) is not None
    assert public(package) == names, "also after all of them were imported"
    modules = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert not names & modules, "a module would take the place of the name"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_is_not_there(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'captur'"):
        getattr(PACKAGES[package], "captur")  # noqa: B009


def test_the_version_is_a_number() -> None:
    assert [part.isdecimal() for part in openbox.__version__.split(".")] == [True] * 3


@pytest.mark.parametrize("words", ["import openbox, openbox.zoo", "import evaluation.schema"])
def test_importing_the_face_waits_for_nothing(words: str) -> None:
    code = f"import sys; {words}; print({{'torch', 'numpy', 'pandas'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_help_waits_for_nothing() -> None:
    code = (
        "import sys\nfrom openbox.__main__ import main\ntry:\n    main(['--help'])\n"
        "except SystemExit as end:\n    assert end.code == 0 and 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--model" in done.stdout
