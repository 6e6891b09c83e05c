"""``thin``: dear parameters, a few of them in the default set and all of them in the long one."""

from collections.abc import Callable, Iterable

import pytest
from _pytest.mark import ParameterSet


def thin(values: Iterable[str], kept: Callable[[int, str], bool]) -> list[ParameterSet]:
    """As parameters; those that are not ``kept``, by place and name, are marked as long."""
    return [
        pytest.param(value, marks=() if kept(place, value) else pytest.mark.long)
        for place, value in enumerate(values)
    ]
