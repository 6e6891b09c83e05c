"""Ctrl-C while a command still imports: one line, exit code 130."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMANDS = {
    "openbox": ["--model", "user_models:Net", "--shape", "1,8,8"],
    "openbox.zoo.train": ["--data", "digits", "--network", "mlp", "--out", "out"],
    "evaluation": ["run", "--study", "quick", "--out", "out"],
}
SLOW = "import sys\nprint('importing', flush=True)\nsys.stdin.read()\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_in_the_midst_of_an_import(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for torch that takes forever, so that the signal comes at a known moment."""
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "__init__.py").write_text(SLOW)
    root = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{root}")
    words = [sys.executable, "-m", command, *COMMANDS[command]]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "interrupted\n")


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_at_many_moments_of_the_real_imports(command: str, tmp_path: Path) -> None:
    """From 0.3 s on, when Python itself is up, to the end of a run that would take far longer."""
    root = Path(__file__).parents[1]
    words = [sys.executable, "-m", command, *COMMANDS[command]]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    for delay in (0.5, 0.8, 1.2, 1.7, 2.3):
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
        )
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert "Traceback" not in said, f"after {delay} s: {said}"
        assert process.returncode in (130, 2)
