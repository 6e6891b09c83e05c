"""The lesson is the same in every language, but for its words."""

import tomllib

import pytest
from language.catalogue import ENGLISH, LANGUAGES
from lesson.steps import STEPS, WORDS, read

OTHERS = [tongue for tongue in LANGUAGES if tongue != ENGLISH]


def _raw(tongue: str) -> list[dict]:
    file = WORDS if tongue == ENGLISH else WORDS.with_suffix(f".{tongue}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))["steps"]


@pytest.mark.parametrize("tongue", OTHERS)
def test_each_step_has_the_same_keys(tongue):
    ours, english = _raw(tongue), _raw(ENGLISH)
    assert len(ours) == len(english)
    for step, other in zip(ours, english, strict=True):
        assert step.keys() == other.keys(), other["title"]


@pytest.mark.parametrize("tongue", OTHERS)
def test_it_lasts_as_long_and_leads_to_the_same_pages(tongue):
    ours = read(tongue)
    assert [step.minutes for step in ours] == [step.minutes for step in STEPS]
    assert [[to for _, to in step.links] for step in ours] == [[to for _, to in s.links] for s in STEPS]


@pytest.mark.parametrize("tongue", OTHERS)
def test_nothing_is_left_in_english(tongue):
    for step, other in zip(read(tongue), STEPS, strict=True):
        for key in ("title", "text", "task", "question", "answer", "notes"):
            said = getattr(step, key)
            assert said, f"{other.title}: {key}"
            assert said != getattr(other, key), f"{other.title}: {key}"
            assert said.count("**") == getattr(other, key).count("**"), f"{other.title}: {key}"
        labels = [label for label, _ in step.links]
        assert all(labels)
        assert not {*labels} & {label for label, _ in other.links}
