"""Fixtures of the tests of the harness."""

import pytest

from evaluation.bench.conduct import timing


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call is one repetition: nothing depends on how long it takes."""
    monkeypatch.setattr(timing, "WARM_UP", 0)
    monkeypatch.setattr(timing, "SHORTEST", 0)
