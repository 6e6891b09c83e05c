"""In CI nothing may be skipped: a skipped test there is a failure of the run."""

import os

import pytest
import torch

# most networks here are tiny: a second thread makes their calls up to fifty times slower
torch.set_num_threads(1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI: skipped tests count as failures", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
