"""What a worker computes for the Gallery: functions of the digits' network and one test digit."""

from functools import lru_cache

from torch import Tensor, nn, no_grad
from work.networks import Source, module, opened

from openbox.gallery import influence as training_data
from openbox.gallery import maximisation
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.zoo.data import load
from openbox.zoo.data.images import Images


@lru_cache
def digits(train: bool) -> Images:
    """Scikit-learn's digits, which come with the package."""
    return load("digits", train=train)


def picture(index: int) -> Tensor:
    """One test digit (1, 1, 8, 8)."""
    return digits(False).batch(slice(index, index + 1))


@no_grad()
def logits(source: Source, x: Tensor) -> Tensor:
    """(K,) at x (1, 1, 8, 8)."""
    return module(source)(x.float())[0]


def dreamt(source: Source, target: int) -> Tensor:
    """What gradient ascent makes of the mean digit."""
    mean = digits(True).batch(slice(None)).mean(0, keepdim=True)
    return maximisation.maximise(module(source), mean, target)


def highest(source: Source, index: int, target: int) -> maximisation.RegionMaximum:
    """The exact maximum in the region of a test digit."""
    return maximisation.maximise_in_region(opened(source), picture(index), target)


def influence(source: Source, index: int, label: int) -> training_data.Influence:
    """Training digits for and against a decision on a test digit."""
    model = module(source)
    last = [part for part in model.modules() if isinstance(part, nn.Linear)][-1]
    return training_data.influence(model, last, digits(True), picture(index), label)


def otherwise(source: Source, index: int, wanted: int) -> Counterfactual:
    """The nearest picture that the network takes for another digit."""
    return opened(source).counterfactual(picture(index).double(), wanted)
