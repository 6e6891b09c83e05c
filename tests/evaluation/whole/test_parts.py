"""Parts of a study are made once, whole or not at all; facts are read as they were written."""

from pathlib import Path

import pytest

from evaluation.whole.facts import Fact, read_facts, to_csv
from evaluation.whole.markdown import pivot
from evaluation.whole.parts import StudyPart, make_parts
from openbox.errors import InputError

FACTS = [
    Fact("net", "rate 0.5", "speed", "all, of them", "share", 1 / 3),
    Fact("net", "", "speed", "x", "n", None, "why"),
]


def test_facts_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    file.write_text(to_csv(FACTS))
    assert read_facts(file) == FACTS
    file.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"has the columns \['a', 'b'\]"):
        read_facts(file)
    file.write_text(to_csv(FACTS).replace("0.333", "much"))
    with pytest.raises(InputError, match="holds no facts"):
        read_facts(file)


def test_a_part_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    made: list[str] = []

    def work(name: str) -> list[Fact]:
        made.append(name)
        if name == "second" and len(made) == 2:
            raise KeyboardInterrupt
        return [Fact("net", "", "t", name, "m", 1.0)]

    def parts(seed: int) -> list[StudyPart]:
        return [StudyPart(name, {"seed": seed}, lambda name=name: work(name)) for name in ("first", "second")]

    with pytest.raises(KeyboardInterrupt):
        make_parts("study", parts(0), tmp_path, "cpu", print)
    facts = make_parts("study", parts(0), tmp_path, "cpu", print)
    assert made == ["first", "second", "second"]
    assert [fact.item for fact in facts] == ["first", "second"]
    assert make_parts("study", parts(0), tmp_path, "cpu", print) == facts
    assert len(made) == 3
    make_parts("study", parts(1), tmp_path, "cpu", print)
    assert len(made) == 5, "other settings, other files"
    assert (tmp_path / "run.json").exists()


def test_a_table_has_a_dash_where_there_is_nothing() -> None:
    show = {"share": "{:.2f}", "n": "{:.0f}"}
    text = pivot(
        FACTS,
        "speed",
        ["share", "n"],
        "item",
        lambda f: f.item,
        lambda m, v: "-" if v is None else show[m].format(v),
    )
    assert text == "| item | share | n |\n|---|---|---|\n| all, of them | 0.33 | - |\n| x | - | - |\n"
