"""The catalogues of all languages hold what the app says, and nothing else."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from language import catalogue
from reading import shown, start

from evaluation.leaderboard.statistics.directions import metrics
from evaluation.models.measures import CRITERIA
from openbox.explainers.families import FAMILIES
from openbox.explainers.table import EXPLAINERS
from openbox.text import TEXT_EXPLAINERS

APP = Path(__file__).parents[3] / "app"
KEYWORDS = {"say": None, "mark": None, "count": (1, 2)}  # as docs/extend.md gives them to pybabel
OTHERS = catalogue.LANGUAGES[1:]
HEADINGS = {"de": "Das Netz sagt", "ru": "Сеть отвечает"}
Text = str | tuple[str, ...]


@pytest.fixture(scope="module")
def said() -> set[Text]:
    """What stands in the source, and what the pages show of the tables of the library and of the harness."""
    found = {text for _, _, text, _, _ in extract_from_dir(APP, [("**.py", "python")], keywords=KEYWORDS)}
    for entry in EXPLAINERS.values():
        found |= {entry.summary, entry.unit}
    found |= {entry.unit for entry in TEXT_EXPLAINERS.values()}
    for family in FAMILIES.values():
        found |= {family.title, family.claim}
    for column in ("title", "unit", "summary"):
        found |= {str(text) for text in metrics()[column]}
    for name, criterion in CRITERIA.items():
        found |= {name.replace("_", " "), criterion.metric, criterion.summary}
    return found - {""}


def read(language: str) -> Catalog:
    with (catalogue.FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in read(language) if message.id]


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else [*map(str, text)] if isinstance(text, list | tuple) else []


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_missing_and_nothing_unused(said: set[Text], language: str) -> None:
    assert len(said) > 500
    held = {
        tuple(message.id) if not isinstance(message.id, str) else message.id
        for message in messages(language)
        if all(forms(message.string)) and not message.fuzzy
    }
    assert said - held == set(), "say these in the catalogue"
    assert held - said == set(), "nobody says these any more"


def parts(text: str) -> tuple[list[str], int, int, bool, bool]:
    """What a translation must keep: places, bold, code, and what joins it to its neighbours."""
    return (
        sorted(re.findall(r"\{\{?[^{}]*\}\}?", text)), text.count("**"), text.count("`"),
        text[:1] == " ", text[-1:] == " ",
    )  # fmt: skip


@pytest.mark.parametrize("language", OTHERS)
def test_places_and_marks_are_kept_and_there_is_a_form_for_each_number(language: str) -> None:
    wrong = []
    for message in messages(language):
        one, *many = forms(message.id)
        strings = forms(message.string)
        assert len(strings) == (read(language).num_plurals if many else 1)
        known = [parts(one), parts(many[0])] if many else [parts(one)]
        wrong += [(message.id, string) for string in strings if parts(string) not in known]
    assert wrong == []


SAME = {
    "de": {"A", "Attention", "MB", "NAOPC", "Text", "s", "{minutes} min"},
    "ru": {"A", "NAOPC", "{network}, seed {seed} ({accuracy})"},
}
TIME = {"{text} … {seconds} s", "{text}, {share} … {seconds} s"}


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    same = {str(message.id) for message in messages(language) if message.string == message.id}
    assert same == SAME.get(language, set()) | TIME


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_is_read_in_the_language_of_its_link(language: str) -> None:
    text = shown(start(lang=language, methods="OpenBox"))
    assert HEADINGS[language] in text
    assert "The network says" not in text


NUMBERS = {"en": "1,234.5", "de": "1.234,5", "ru": "1\N{NO-BREAK SPACE}234,5"}
PIECES = {"de": {1: "1 Bereich", 2: "2 Bereiche"}, "ru": {1: "1 область", 3: "3 области", 5: "5 областей"}}


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_numbers_have_the_language_s_form(language: str) -> None:
    assert catalogue.held(lambda: catalogue.figure("1,234.5"))() == "1,234.5", "outside of a session"
    token = catalogue._held.set(language)
    try:
        assert catalogue.figure("1,234.5") == NUMBERS[language]
        for number, words in PIECES.get(language, {}).items():
            assert catalogue.count("{number} piece", "{number} pieces", number) == words
    finally:
        catalogue._held.reset(token)
