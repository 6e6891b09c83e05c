"""What the table of cases must hold as a whole, for the laws to prove what they say."""

from pathlib import Path

import pytest
from cases import CASES, GENERIC
from facts import Facts, facts

from openbox.program.rules import RULES


@pytest.fixture(scope="module")
def table(shared: Path) -> list[Facts]:
    return [facts(shared, name) for name in CASES]


def test_every_rule_occurs_in_a_case(table: list[Facts]) -> None:
    used = {operation for case in table for operation in case.operations}
    missing = [str(operation) for operation in RULES if str(operation) not in used]
    assert not missing, f"rules without a case: {missing}"


def test_the_table_holds_ties(table: list[Facts]) -> None:
    """The laws see ties: without them a wrong tie-break would pass."""
    assert sum(case.ties > 0 for case in table) > len(CASES) / 2


def test_nearly_all_cases_have_inputs_for_the_oracle(table: list[Facts]) -> None:
    """Without this, a core that calls everything degenerate would leave the black box nothing to compare."""
    assert sum(case.tied_generic for case in table) < 0.1 * len(CASES) * len(GENERIC)


def test_most_ties_have_an_interior(table: list[Facts]) -> None:
    found = [interior for case in table for interior in case.interiors]
    print(f"{sum(found)} of {len(found)} tied inputs lie on a region with an interior")
    assert len(found) > 2 * len(CASES)
    assert 0.9 * len(found) < sum(found) < len(found)
