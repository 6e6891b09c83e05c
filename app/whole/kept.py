"""What the page Whole network asks for, in the line for long jobs, and what it is shown of the digits."""

from ui import asking, waiting
from ui.loading import about
from work.job import Job

from openbox.zoo.checkpoints import read_card
from whole import jobs, paths
from whole.jobs import Grown
from whole.paths import Followed

NETWORK = "digits-cnn-seed0"


def grown(factors: int, clusters: int, leaves: int, reads: str) -> Grown:
    """The tree of these settings on the training digits. Raises ``CheckpointError``."""
    args = factors, clusters, leaves, reads
    return waiting.answer_or_stop(about(jobs.grown, read_card(NETWORK), args, args, "slow", 20), "tree")


def followed() -> Followed:
    """The paths of the test digits. Raises ``CheckpointError``."""
    return asking.answer(Job(paths.followed, (), (), keep=1))


def cut_accuracy(label: int) -> tuple[float, float, float, float]:
    """See ``paths.cut_accuracy``."""
    return asking.answer(Job(paths.cut_accuracy, (label,), label))
