"""Settings that make no sense are refused with what was found and what to give."""

import pytest

from evaluation.scores.parts.limits import check_count, check_share
from openbox.errors import InputError


@pytest.mark.parametrize("value", [0, -1, 2.5, "3", True, None])
def test_a_count_is_a_whole_number(value: object) -> None:
    with pytest.raises(InputError, match=r"hacking: step is .*whole number of at least 1"):
        check_count("hacking", "step", value)


@pytest.mark.parametrize("value", [0, -0.1, 1.01, "0.5", True, float("nan")])
def test_a_share_is_a_number_up_to_one(value: object) -> None:
    with pytest.raises(InputError, match=r"above 0 and at most 1"):
        check_share("infidelity", "largest", value)


def test_good_settings_pass() -> None:
    check_count("hacking", "step", 1)
    check_count("x", "y", 0, least=0)
    check_share("infidelity", "largest", 1)
