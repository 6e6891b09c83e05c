"""The words of the lesson: what each step shows, its question, its answer, what the teacher should know."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from language.catalogue import ENGLISH, current

WORDS = Path(__file__).with_name("lesson.toml")


@dataclass(frozen=True)
class LessonStep:
    """One step of so many ``minutes``; the texts are Markdown, ``links`` pages of the app by their words."""

    title: str
    minutes: int
    text: str
    task: str
    question: str
    answer: str
    notes: str
    links: tuple[tuple[str, str], ...]


def steps() -> tuple[LessonStep, ...]:
    """The steps in the reader's language."""
    return read(current())


@lru_cache
def read(tongue: str) -> tuple[LessonStep, ...]:
    """The steps in one of ``LANGUAGES``, each of which has a file of its own."""
    file = WORDS if tongue == ENGLISH else WORDS.with_suffix(f".{tongue}.toml")
    return tuple(
        LessonStep(
            **{key: " ".join(value.split()) for key, value in step.items() if isinstance(value, str)},
            minutes=step["minutes"],
            links=tuple((link["label"], link["to"]) for link in step.get("links", [])),
        )
        for step in tomllib.loads(file.read_text(encoding="utf-8"))["steps"]
    )  # fmt: skip


STEPS = read(ENGLISH)  # in each language as many, with the same minutes and links
MINUTES = sum(step.minutes for step in STEPS)
