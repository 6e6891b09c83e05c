"""``hacking``: drive the most relevant pixels to where they hurt, and see how soon the decision gives way.

The hacking test of Chu et al. (KDD 2018, section 5.3) and Cong et al. (2020).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..case import Case
from ..measurement import Measurement, Metric, Score
from .parts.limits import check_count
from .parts.order import rank


@dataclass(frozen=True)
class HackingSettings:
    """Up to ``features`` pixels are altered; the network is asked after every ``step`` of them."""

    features: int = 200
    step: int = 10

    def __post_init__(self) -> None:
        check_count("hacking", "features", self.features)
        check_count("hacking", "step", self.step)

    def altered(self, pixels: int) -> Tensor:
        """How many pixels are altered at each point of the curve: 0, step, 2 step, .., and the last one."""
        last = min(self.features, pixels)
        return torch.tensor([*range(0, last, self.step), last])


def hacked(case: Case, rows: Tensor, altered: Tensor) -> Tensor:
    """Logits (m, L + 1, K) of the images ``rows`` (m,) with their first ``altered`` (L + 1,) pixels changed.

    Pixels go by ``|relevance|``, ties in a random order of the image's own seed; relevance > 0 turns all
    channels to 0, any other to 1. Altered images are made and asked a batch at a time.
    """
    relevance = case.relevance[rows]
    seeds = tuple(case.seeds[row] for row in rows.tolist())
    ranks = rank(relevance.abs(), 1, seeds).ranks
    extreme = (relevance <= 0).to(case.x)[:, None]
    asked = []
    for pairs in torch.arange(len(rows) * len(altered), device=rows.device).split(case.batch):
        image, count = pairs // len(altered), altered[pairs % len(altered)]
        gone = ranks[image] < count[:, None, None]
        asked.append(case.logits(torch.where(gone[:, None], extreme[image], case.x[rows[image]])))
    return torch.cat(asked).unflatten(0, (len(rows), len(altered)))


def measure(case: Case, settings: HackingSettings) -> list[Measurement]:
    """Two curves over k, the number of altered pixels, and their areas; NaN for misclassified images.

    ``cpp``: change of the predicted probability, ``|p_0 - p_k|`` of the target, so that a rise counts as
    much as a fall. ``nlci``: 1 where the label is another one than at k = 0; over many images it is the
    share of instances with a changed label. The number is the area under the curve by the trapezoid
    rule, divided by the largest k: the mean over k, in [0, 1].
    Costs L + 1 passes for each image that is classified correctly.
    """
    altered = settings.altered(case.relevance[0].numel()).to(case.x.device)
    correct = (case.logits(case.x).argmax(1) == case.label).nonzero()[:, 0]
    cpp = case.x.new_full((len(case.x), len(altered)), torch.nan, dtype=torch.float64)
    nlci = cpp.clone()
    if len(correct):
        logits = hacked(case, correct, altered).double()
        target = case.target[correct][:, None, None].expand(-1, len(altered), 1)
        probability = logits.softmax(2).gather(2, target)[..., 0]
        cpp[correct] = (probability - probability[:, :1]).abs()
        labels = logits.argmax(2)
        nlci[correct] = (labels != labels[:, :1]).double()
    share = altered.double() / int(altered[-1])
    curves = {"cpp": cpp, "nlci": nlci}
    spaces = {"cpp": "probability", "nlci": ""}
    return [
        Measurement(name, torch.trapezoid(curve, share), space=spaces[name], curves=curve)
        for name, curve in curves.items()
    ]


SCORE = Score(
    "how soon the decision gives way when the most relevant pixels are driven to an extreme",
    HackingSettings, measure,
    {
        "cpp": Metric("change of the predicted probability, mean over altered pixels", "higher"),
        "nlci": Metric("label changed, share of the altered pixels", "higher", "share"),
    },
)  # fmt: skip
