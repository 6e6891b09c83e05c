"""The words of the lesson: what each step shows, its question, its answer, what the teacher should know."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


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


def _read(file: Path) -> tuple[LessonStep, ...]:
    return tuple(
        LessonStep(
            **{key: " ".join(value.split()) for key, value in step.items() if isinstance(value, str)},
            minutes=step["minutes"],
            links=tuple((link["label"], link["to"]) for link in step.get("links", [])),
        )
        for step in tomllib.loads(file.read_text(encoding="utf-8"))["steps"]
    )  # fmt: skip


STEPS = _read(Path(__file__).with_name("lesson.toml"))
MINUTES = sum(step.minutes for step in STEPS)
