"""Files that are never half there: what a killed writer leaves is removed, what a live one writes is not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.files import check_folder
from openbox.files import remove_stale, write_by_rename

WRITER = """
import sys, time
from pathlib import Path
from openbox.files import write_by_rename
def write(partial):
    partial.write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
write_by_rename(Path(sys.argv[1]), write)
"""


def start_writer(path: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(path)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def partials(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.partial"))


def test_what_a_killed_writer_left_is_removed_and_what_a_live_one_writes_is_not(tmp_path: Path) -> None:
    killed, live = start_writer(tmp_path / "a"), start_writer(tmp_path / "b")
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert len(partials(tmp_path)) == 2
    remove_stale(tmp_path)
    assert [path.name[0] for path in partials(tmp_path)] == ["b"]
    live.communicate("")
    assert live.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_only_files_of_our_own_making_and_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    for name in ("film.mkv.partial", f"a.{'0' * 32}.partial", f"b.{'0' * 32}.partial"):
        (tmp_path / name).write_text("x")
    remove_stale(tmp_path, "a")
    assert [path.name[0] for path in partials(tmp_path)] == ["b", "f"]
    check_folder("run", tmp_path)
    assert [path.name for path in partials(tmp_path)] == ["film.mkv.partial"]


def test_a_file_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    lock, calls = fcntl.flock, []

    def swept(file: object, how: int) -> None:
        calls.append(how)
        if len(calls) == 1:
            partials(tmp_path)[0].unlink()
        lock(file, how)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr("openbox.files.fcntl.flock", swept)
    write_by_rename(tmp_path / "a", lambda partial: partial.write_text("whole"))
    assert len(calls) == 2
    assert (tmp_path / "a").read_text() == "whole"
    assert not partials(tmp_path)
