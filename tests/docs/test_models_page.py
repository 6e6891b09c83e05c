"""The page of choosing a network: its rows are those of the committed tables, which are made of the facts."""

import json

import pytest
from documents import ROOT, page

from evaluation.models.choice import choose, read_requirement, sentence
from evaluation.models.facts import MEASURES
from evaluation.models.measures import ACCURACY
from evaluation.models.model_rows import to_models_csv
from evaluation.models.study_file import find_models, read_models
from evaluation.models.tables import tables
from evaluation.whole.facts import read_facts
from openbox.zoo import load_checkpoint

RESULTS = ROOT / "evaluation/models/results"
STUDIES = sorted(path.parent.name for path in RESULTS.glob("*/facts.csv"))


@pytest.mark.parametrize("name", STUDIES)
def test_the_tables_are_a_function_of_the_facts(name: str) -> None:
    facts = read_facts(RESULTS / name / "facts.csv")
    study = read_models(find_models(name))
    assert tables(facts) == (RESULTS / name / "tables.md").read_text()
    assert to_models_csv(study.data, facts) == (RESULTS / name / "models.csv").read_text()


@pytest.mark.parametrize("name", STUDIES)
def test_the_results_are_of_the_study_and_its_networks_can_be_opened(name: str) -> None:
    study, facts = read_models(find_models(name)), read_facts(RESULTS / name / "facts.csv")
    measured = {(fact.network, fact.setting) for fact in facts}
    assert measured == {(entry.name, f"seed {seed}") for entry in study.models for seed in study.seeds}
    known = json.loads((RESULTS / name / "run.json").read_text())["parts"].values()
    for entry in study.models:
        card = load_checkpoint(
            f"{study.data}-{entry.name}-seed{study.seeds[0]}", ROOT / "checkpoints/models"
        ).card
        (accuracy,) = {
            fact.value
            for fact in facts
            if (fact.network, fact.setting, fact.table, fact.metric)
            == (entry.name, f"seed {study.seeds[0]}", MEASURES, ACCURACY)
        }
        assert accuracy == card.test_accuracy
        assert card.command.split("  # ")[1] in {part["recipe"] for part in known}


def test_every_row_and_every_choice_of_the_page_is_one_of_the_results() -> None:
    text = page("docs/models.md")
    known = {line for name in STUDIES for line in (RESULTS / name / "tables.md").read_text().splitlines()}
    found = text.partition("## What is found")[2]
    rows = [line for line in found.splitlines() if line.startswith("|")]
    assert len(rows) > 50
    assert [row for row in rows if row not in known] == []
    facts = read_facts(RESULTS / "digits/facts.csv")
    for bound in ("accuracy>=0.97", "accuracy>=0.98"):
        asked = [read_requirement(bound)]
        assert sentence(choose(facts, asked, "sparsity"), asked, "sparsity") in " ".join(text.split())
