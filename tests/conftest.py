"""How the tests are shared out to processes; in CI a skipped test is a failure of the run."""

import os

# most networks here are tiny: a second thread makes their calls up to fifty times slower, in what a test
# starts, too; read at the import of NumPy and torch
os.environ.setdefault("OMP_NUM_THREADS", "1")

import gc
import signal
import sys
from pathlib import Path

import pytest
import torch
from by_case import ByCase, turn
from xdist.remote import Producer

torch.set_num_threads(1)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a shell's background; inherited
    signal.signal(signal.SIGINT, signal.default_int_handler)

MAIN = sys.modules["__main__"]
collect_ignore = [] if torch.cuda.is_available() else ["test_cuda.py"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByCase | None:
    return ByCase(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Streamlit's tests put the app in the main module's place; processes that others start would run it."""
    sys.modules["__main__"] = MAIN


def pytest_collection_finish() -> None:
    """What has been imported stays: it need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same one in all its processes."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("CI: skipped tests count as failures", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
