"""The facts of one network of a study: how it was trained, and everything that is measured of it."""

from openbox.errors import named

from ..whole.facts import Fact, row
from .image_training import TrainedOnImages
from .measures import ACCURACY, MODEL_MEASURES
from .regions import tree
from .subject import ModelSubject

MEASURES, TREES = "measures", "trees"
TREE_METRICS = ("clusters", "purity", "chance", "alone clusters", "alone purity", "alone chance")


def facts_of(trained: TrainedOnImages) -> list[Fact]:
    """Trains it where it is not trained; raises ``OpenBoxError``."""
    facts = trained.train()
    checkpoint = trained.checkpoint()
    name, setting = trained.entry.name, trained.setting
    with named(trained.recipe.name):
        subject = ModelSubject(checkpoint.model, trained.data(train=False), trained.study.sampling)
        numbers: dict[str, float | None] = {ACCURACY: checkpoint.card.test_accuracy}
        for measurement in MODEL_MEASURES:
            numbers |= measurement.measure(subject)
        facts += row(name, setting, MEASURES, "", numbers, numbers.values())
        for layer, values in tree(subject).items():
            facts += row(name, setting, TREES, layer, values, values.values())
    return facts
