"""Ctrl-C while a command still imports: one line, exit code 130."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMANDS = {
    "openbox": ["--model", "user_models:Net", "--shape", "1,8,8"],
    "openbox.zoo.train": ["--data", "digits", "--network", "mlp", "--out", "out"],
    "openbox.zoo.dblp": ["--dump", "d", "--out", "out"],
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
    """From the moment when the guard itself is imported; without torch in the cache that lasts seconds."""
    words = [sys.executable, "-X", "importtime", "-m", command, *COMMANDS[command]]
    for delay in (0.01, 0.1, 0.3, 0.6, 1.0, 1.5):
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
            assert process.stderr is not None
            while "openbox.command" not in process.stderr.readline():
                pass
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            said = "".join(line for line in process.stderr if not line.startswith("import time:"))
        assert said == "interrupted\n", f"after {delay} s"
        assert process.returncode == 130
