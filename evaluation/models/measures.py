"""The one table of what is measured of a network, and which way is easier to read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .flipping import normalised
from .maps import agreement, neighbours, sparsity
from .regions import Numbers, balls, borders, occupied, segments
from .subject import ModelSubject


@dataclass(frozen=True)
class ModelMeasure:
    """``measure(subject)`` gives a number for each of ``metrics``."""

    measure: Callable[[ModelSubject], Numbers]
    metrics: tuple[str, ...]


MODEL_MEASURES = (
    ModelMeasure(occupied, ("regions", "sharing", "active units")),
    ModelMeasure(segments, ("regions on a segment", "borders per length of segments")),
    ModelMeasure(borders, ("border distance",)),
    ModelMeasure(balls, ("inscribed radius",)),
    ModelMeasure(sparsity, ("gini", "coordinates for 90 %")),
    ModelMeasure(neighbours, ("neighbour cosine",)),
    ModelMeasure(agreement, ("agreement",)),
    ModelMeasure(normalised, ("NAOPC",)),
)
ACCURACY = "accuracy"


@dataclass(frozen=True)
class Criterion:
    """A metric by which one network is easier to read than another; ``larger``: if it is larger."""

    metric: str
    larger: bool
    summary: str


CRITERIA: Mapping[str, Criterion] = {
    "sparsity": Criterion("gini", True, "few pixels or words hold the decision features (Gini index)"),
    "few_regions": Criterion("regions", False, "test inputs lie in few regions, as a share of them"),
    "sharing": Criterion("sharing", True, "share of test inputs that are not alone in their region"),
    "straight": Criterion("regions on a segment", False, "regions between two inputs of a class"),
    "wide_regions": Criterion("border distance", True, "l2 distance to the nearest border, the median"),
    "alike": Criterion("neighbour cosine", True, "decision features of nearest neighbours, their cosine"),
    "agreement": Criterion("agreement", True, "rank correlation of several methods' maps"),
    "flipping": Criterion("NAOPC", True, "flipping pixels or words by openbox, between worst and best order"),
}
