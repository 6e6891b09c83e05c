"""The facts of one network of a study of titles."""

from openbox.errors import named

from ...whole.facts import Fact, row
from ..facts import MEASURES
from ..measures import ACCURACY
from .maps import agreement, neighbours, normalised, sparsity
from .regions import occupied, segments
from .subject import TitleSubject
from .training import TrainedOnTitles, as_reader

TITLE_MEASURES = (occupied, segments, sparsity, neighbours, agreement, normalised)


def title_facts(trained: TrainedOnTitles) -> list[Fact]:
    """Trains it where it is not trained; raises ``OpenBoxError``."""
    facts = trained.train()
    checkpoint = trained.checkpoint()
    with named(trained.recipe.name):
        sampling = trained.study.sampling
        subject = TitleSubject(as_reader(checkpoint.model), trained.data(train=False), sampling)
        numbers: dict[str, float | None] = {ACCURACY: checkpoint.card.test_accuracy}
        for measure in TITLE_MEASURES:
            numbers |= measure(subject)
    return facts + row(trained.entry.name, trained.setting, MEASURES, "", numbers, numbers.values())
