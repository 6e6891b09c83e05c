"""What a worker computes for the Gallery: functions of the digits' network and one test digit."""

from dataclasses import dataclass

from torch import Tensor, nn, no_grad
from work.digits import digits, one, pixels
from work.networks import Source, module, opened

from openbox.gallery import maximisation
from openbox.geometry.counterfactuals.counterfactual import Counterfactual


@no_grad()
def logits(source: Source, x: Tensor) -> Tensor:
    """(K,) at x (1, 1, 8, 8)."""
    return module(source)(x.float())[0]


def dreamt(source: Source, target: int) -> Tensor:
    """What gradient ascent makes of the mean digit."""
    return maximisation.maximise(module(source), pixels(True).mean(0, keepdim=True), target)


def highest(source: Source, index: int, target: int) -> maximisation.RegionMaximum:
    """The exact maximum in the region of a test digit."""
    return maximisation.maximise_in_region(opened(source), one(index), target)


@dataclass(frozen=True, eq=False)
class TrainingDigit:
    """The digit (1, 1, 8, 8), where it stands, what it shows, and how far it pulled the decision."""

    x: Tensor
    position: int
    label: int
    value: float


@dataclass(frozen=True, eq=False)
class Pulls:
    """The strongest training digits for the decision and against it, and the ``values`` (N,) of all."""

    helpful: list[TrainingDigit]
    harmful: list[TrainingDigit]
    values: Tensor


def influence(source: Source, index: int, label: int) -> Pulls:
    """Training digits for and against a decision on a test digit."""
    from openbox.gallery import influence as training_data  # captum: a second, and the page does without it

    model, train = module(source), digits(True)
    last = [part for part in model.modules() if isinstance(part, nn.Linear)][-1]
    found = training_data.influence(model, last, train, one(index), label)

    def shown(positions: Tensor) -> list[TrainingDigit]:
        return [
            TrainingDigit(train.batch(slice(k, k + 1)), k, int(train.labels[k]), float(found.values[k]))
            for k in positions.tolist()
        ]

    return Pulls(shown(found.helpful), shown(found.harmful), found.values)


def otherwise(source: Source, index: int, wanted: int) -> Counterfactual:
    """The nearest picture that the network takes for another digit."""
    return opened(source).counterfactual(one(index).double(), wanted)
