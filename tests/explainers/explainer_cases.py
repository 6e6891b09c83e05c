"""The one table of cases for the explainers' laws: models x images, and fast settings for slow methods."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from openbox.explainers import EXPLAINERS, Explainer, Explanation, Target, create
from openbox.explainers.exact.expected import ExpectedSettings
from openbox.explainers.exact.neighbourhood import NeighbourhoodSettings
from openbox.explainers.exact.noise_average import NoiseSettings
from openbox.explainers.paths.expected_gradients import DrawSettings
from openbox.explainers.paths.gradient_shap import GradientSettings
from openbox.explainers.perturbation.kernel_shap import KernelSettings
from openbox.explainers.perturbation.lime import LimeSettings
from openbox.explainers.perturbation.meaningful import MeaningfulSettings
from openbox.explainers.perturbation.occlusion import OcclusionSettings
from openbox.explainers.perturbation.partition_shap import PartitionSettings
from openbox.explainers.perturbation.rise import RiseSettings
from openbox.explainers.sensitivity.noise_tunnel import TunnelSettings
from openbox.zoo import networks
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load

NAMES = sorted(EXPLAINERS)
AVERAGES = {"openbox_noise", "openbox_expected", "openbox_neighbourhood"}  # of exact pieces
DRAWS = AVERAGES | {  # another seed, another map
    "lime", "shap", "random", "smoothgrad", "vargrad", "expected_gradients", "kernel_shap", "rise",
}  # fmt: skip
EXACT = {"openbox", "openbox_weights", "decision_features", "openbox_reference"}
SUMS = {"integrated_gradients"}  # of exact pieces along a way
FAINT = 0.01  # a hundredth of the way from black, and of its pieces
CAMS = {
    "gradcam",
    "gradcam_plusplus",
    "hires_cam",
    "layer_cam",
    "score_cam",
    "guided_gradcam",
}  # read a layer
OPENS = {name for name in NAMES if EXPLAINERS[name].opens}
BLIND = {"random", "edges"}  # never look at the network
SETTINGS: dict[str, object] = {
    "openbox_noise": NoiseSettings(samples=8),
    "openbox_expected": ExpectedSettings(samples=8),
    "openbox_neighbourhood": NeighbourhoodSettings(samples=70),  # more than are opened together
    "lime": LimeSettings(samples=80, grid=4, batch_size=40),
    "shap": GradientSettings(samples=40, batch_size=40),
    "shap_partition": PartitionSettings(evaluations=60),
    "smoothgrad": TunnelSettings(samples=8),
    "vargrad": TunnelSettings(samples=8),
    "expected_gradients": DrawSettings(samples=20),
    "kernel_shap": KernelSettings(samples=40, grid=4, batch_size=40),
    "occlusion": OcclusionSettings(window=2, stride=1),
    "rise": RiseSettings(samples=60, cells=4),
    "meaningful_perturbation": MeaningfulSettings(steps=5),
}


class InPlaceNet(nn.Module):
    """A tiny RGB network with everything that makes other packages silently wrong.

    In-place ReLU modules, one of them used twice, functional ReLU, and an addition in place.
    """

    def __init__(self, inplace: bool = True) -> None:
        super().__init__()
        self.inplace_calls = inplace
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1)
        self.relu = nn.ReLU(inplace=inplace)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1)
        self.norm = nn.BatchNorm2d(6)
        self.conv3 = nn.Conv2d(6, 8, 3, padding=1)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8 * 6 * 6, 10)

    def forward(self, x: Tensor) -> Tensor:
        h = self.relu(self.conv1(x))
        k = self.norm(self.conv2(h))
        if self.inplace_calls:
            k += h
        else:
            k = k + h
        h = nn.functional.max_pool2d(self.relu(k), 2)
        h = nn.functional.relu(self.conv3(h), inplace=self.inplace_calls)  # the layer Grad-CAM reads
        return self.head(self.drop(h.flatten(1)))


def in_place_net(inplace: bool = True) -> nn.Module:
    """``InPlaceNet`` with fixed weights in eval mode, parameters trainable as a user's would be."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return InPlaceNet(inplace).eval()


def linear_net(shape: tuple[int, ...] = (1, 8, 8)) -> nn.Module:
    """``Flatten`` and ``Linear``: the model whose every attribution is known."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        return nn.Sequential(nn.Flatten(), nn.Linear(int(torch.tensor(shape).prod()), 10)).eval()


def _fresh_mlp() -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        return networks.build("mlp", (1, 8, 8), 10).eval()


def digits(start: int, count: int) -> Tensor:
    """Real test digits, black borders and ties included."""
    return load("digits").batch(slice(start, start + count))


def noise(count: int, shape: tuple[int, ...], seed: int = 0) -> Tensor:
    """Uniform random pixels."""
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(seed))


@dataclass(frozen=True)
class Case:
    """A model and three images to explain; ``example`` is what ``create`` is given."""

    model: Callable[[], nn.Module]
    images: Callable[[], Tensor]
    example: Callable[[], Tensor]


CASES: dict[str, Case] = {
    "digits-cnn": Case(
        lambda: load_checkpoint("digits-cnn-seed0").model, lambda: digits(0, 3), lambda: digits(10, 4)
    ),
    "in-place": Case(in_place_net, lambda: noise(3, (3, 12, 12)), lambda: noise(2, (3, 12, 12), 1)),
}


def make(name: str, model: nn.Module, example: Tensor, seed: int = 0) -> Explainer:
    """``create`` with this file's fast settings."""
    return create(name, model, example, seed=seed, settings=SETTINGS.get(name))


@cache
def model_of(case: str) -> nn.Module:
    """The case's model, shared by all tests: no explainer may change it."""
    return CASES[case].model()


@cache
def explainer_of(name: str, case: str, seed: int = 0) -> Explainer:
    """One explainer for each name, case and seed, shared by all tests."""
    return make(name, model_of(case), CASES[case].example(), seed)


@cache
def images_of(case: str, name: str = "") -> Tensor:
    """The case's three images, for one method faint ones; nobody writes into them."""
    return CASES[case].images() * (FAINT if name in SUMS else 1)


@cache
def explained(name: str, case: str, target: Target = None) -> Explanation:
    """The explanation of the case's images, for all tests that only read it."""
    return explainer_of(name, case).explain(images_of(case, name), target)
