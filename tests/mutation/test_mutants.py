"""The table of mutants cannot rot: each text still stands in its file, once, and its tests still exist."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mutation import results
from mutation.mutants import MUTANTS
from mutation.trial import CAUGHT, ERROR, HUNG, PASSED, Trial, judged
from mutation.workspace import Run

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_can_be_made_and_compiles(mutant) -> None:
    text = mutant.changed(ROOT)
    assert text != (ROOT / mutant.file).read_text()
    compile(text, mutant.file, "exec")


def test_the_tests_that_are_tried_first_are_there() -> None:
    for mutant in MUTANTS:
        assert mutant.near, f"{mutant.name}: name the tests that should see it"
        for near in mutant.near:
            assert (ROOT / near.path).is_file(), f"{mutant.name}: {near.path} is not there"


def test_there_are_enough_of_every_kind_and_none_twice() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len({m.digest for m in MUTANTS}) == len(MUTANTS)
    families = Counter(mutant.family for mutant in MUTANTS)
    assert len(MUTANTS) >= 60
    for family in ("rule", "gate", "margin", "tie", "score", "receipt", "statistic"):
        assert families[family] >= 4, family


def test_only_a_test_that_fails_catches() -> None:
    failed = "...\nFAILED tests/a.py::test_b[two words-1] - assert 1 == 2\n1 failed in 3 s\n"
    assert judged(Run(1, failed)) == (CAUGHT, "tests/a.py::test_b[two words-1]")
    assert judged(Run(0, "3 passed")) == (PASSED, "")
    assert judged(Run(None, "")) == (HUNG, "")
    assert judged(Run(2, "ERROR tests/a.py - ImportError\n")) == (ERROR, "tests/a.py")
    assert judged(Run(1, "ERROR tests/a.py::test_b - a fixture\n")) == (ERROR, "tests/a.py::test_b")
    assert judged(Run(5, "no tests ran"))[0] == ERROR


def test_a_table_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    assert results.read(path) == {}
    first = Trial("a", "tie", "1234", "abc", ERROR, "near", "", 1.5)
    second = Trial("a", "tie", "1234", "abc", CAUGHT, "near", "tests/a.py::test_b[1, 2]", 2.5)
    for trial in (first, second):
        results.append(path, trial)
    assert results.read(path) == {"a": second}
    assert results.settled(second, "1234")
    assert not results.settled(second, "of another text")
    assert not results.settled(first, "1234")
    assert not results.settled(None, "1234")
    assert "1 of 1 mutants" in results.markdown([second])


def test_the_command_names_them_and_refuses_others() -> None:
    command = [sys.executable, "-m", "mutation"]
    listed = subprocess.run(
        [*command, "--list"], cwd=ROOT / "tests", capture_output=True, text=True, check=True
    )
    assert listed.stdout.count("\n") == len(MUTANTS)
    wrong = subprocess.run([*command, "--only", "none"], cwd=ROOT / "tests", capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "no mutant is named ['none']" in wrong.stderr
