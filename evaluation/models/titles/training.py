"""Training one network of a study on titles."""

from torch import nn

from openbox.zoo.data import Titles, load_titles
from openbox.zoo.networks import Shape
from openbox.zoo.title_reader import TitleReader
from openbox.zoo.training.title_run import TitleRun, title_accuracy

from ..training import CPU, Trained


class TrainedOnTitles(Trained[Titles]):
    """A network of ``openbox.zoo.READERS``."""

    def data(self, train: bool) -> Titles:
        return load_titles(self.study.data, train, self.data_root)

    def begin(self, train_set: Titles) -> TitleRun:
        return TitleRun(self.recipe, train_set, CPU)

    def watch(self, model: nn.Module, test_set: Titles) -> tuple[float, float | None]:
        return title_accuracy(as_reader(model), test_set), None

    def shape(self, model: nn.Module, train_set: Titles) -> Shape:
        del train_set
        return 1, 0, as_reader(model).features


def as_reader(model: nn.Module) -> TitleReader:
    """The same, known to read titles."""
    assert isinstance(model, TitleReader)
    return model
