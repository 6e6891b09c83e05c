"""``randomisation``: does a map still look the same when the network has forgotten everything?

Cascading randomisation of the weights (Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim: Sanity checks for
saliency maps, NeurIPS 2018). A map that does not change explains the input, not the network.
"""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError

from ..case import Case, explained, forward
from ..measurement import Measurement, Metric, Score
from .parts.agreement import cosine, spearman
from .parts.limits import check_count


@dataclass(frozen=True)
class RandomisationSettings:
    """``depths`` networks, from the top layer alone to all layers, evenly spaced; ``seed`` of the new
    weights, which are alike for all images and methods."""

    depths: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        check_count("randomisation", "depths", self.depths)
        check_count("randomisation", "seed", self.seed, least=0)

    def counts(self, layers: int) -> list[int]:
        """How many layers are randomised, 1 to all; one depth means all, and no depth comes twice."""
        spaced = torch.linspace(layers, 1, self.depths, dtype=torch.float64).round().int()
        return sorted(set(spaced.tolist()))


def layers(model: nn.Module, x: Tensor) -> list[str]:
    """Names of the modules with parameters of their own, top first: by their last call in a pass over x.

    Raises ``InputError`` for one that cannot draw new weights, and for a network without any.
    """
    model = copy.deepcopy(model)  # hooks of our own, on a network that nobody else runs
    names = {module: name for name, module in model.named_modules() if list(module.parameters(recurse=False))}
    for module, name in names.items():
        if not callable(getattr(module, "reset_parameters", None)):
            raise InputError(
                f"randomisation: module {name!r} ({type(module).__name__}) has parameters of its own but no "
                "reset_parameters(); add one, or leave this score out"
            )
    called: dict[str, None] = {}

    def note(module: nn.Module, inputs: object, output: object) -> None:
        del inputs, output
        called.pop(names[module], None)
        called[names[module]] = None

    for module in names:
        module.register_forward_hook(note)
    forward(model, x)
    if not called:
        raise InputError(f"randomisation: {type(model).__name__} has no layers with parameters")
    return list(called)[::-1]


def randomised(model: nn.Module, names: list[str], seed: int) -> nn.Module:
    """A copy of the model in which the named layers have drawn new weights, in this order.

    Drawn on the CPU, so that all devices get the same ones; the global generator is given back.
    """
    device = next(model.parameters()).device
    fresh = copy.deepcopy(model).cpu()
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed all devices
        for name in names:
            fresh.get_submodule(name).reset_parameters()  # pyright: ignore[reportCallIssue]
    return fresh.to(device)


def measure(case: Case, settings: RandomisationSettings) -> list[Measurement]:
    """Similarity of the relevance of pixels before and after, lower is better; for the same target.

    ``spearman`` of ``|relevance|`` and ``cosine`` of relevance when all layers are randomised, with the
    curve over the depths, which starts with the map itself; ``.._mean`` is the mean over the depths but
    the first. NaN where a map is empty or not finite. (Where the image is black, ``w * x`` is 0 for every
    network: its ranks stay, its cosine does not. The paper found the same of gradient times input.)
    Costs ``depths`` explanations of each image.
    """
    names = layers(case.model, case.x[:1])
    maps = [case.relevance]
    for count in settings.counts(len(names)):
        explain = case.rebuild(randomised(case.model, names[:count], settings.seed), 0)
        maps.append(explained(explain, case.x, case.target, case.batch))
    found = []
    for metric, alike in (("spearman", _spearman), ("cosine", _cosine)):
        curve = torch.stack([alike(case.relevance, after) for after in maps], 1)
        found.append(Measurement(metric, curve[:, -1], curves=curve))
        found.append(Measurement(f"{metric}_mean", curve[:, 1:].mean(1)))
    return found


def _spearman(first: Tensor, second: Tensor) -> Tensor:
    finite = second.flatten(1).isfinite().all(1)  # NaN has no rank
    return spearman(first.abs().flatten(1), second.abs().flatten(1)).where(finite, torch.nan)


def _cosine(first: Tensor, second: Tensor) -> Tensor:
    return cosine(first.flatten(1), second.flatten(1))


SCORE = Score(
    "how much of a map is left when the weights are randomised", RandomisationSettings, measure,
    {
        "spearman": Metric("rank correlation of |R|, all layers randomised", "lower"),
        "spearman_mean": Metric("rank correlation of |R|, mean over depths", "lower"),
        "cosine": Metric("cosine of R, all layers randomised", "lower"),
        "cosine_mean": Metric("cosine of R, mean over depths", "lower"),
    },
)  # fmt: skip
