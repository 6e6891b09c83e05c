"""What ``create`` and ``explain`` refuse, and that each message names the call, the finding, the way out."""

from collections.abc import Callable

import pytest
import torch
from explainer_cases import (
    CAMS,
    CASES,
    NAMES,
    OPENS,
    SETTINGS,
    explainer_of,
    images_of,
    linear_net,
    model_of,
    noise,
)
from torch import Tensor, nn

from openbox.errors import InputError, NotPiecewiseLinearError, UnknownNameError
from openbox.explainers import EXPLAINERS, Entry, create
from openbox.explainers.paths.gradient_shap import GradientSettings
from openbox.explainers.perturbation.lime import LimeSettings
from openbox.explainers.perturbation.partition_shap import PartitionSettings

every_name = pytest.mark.parametrize("name", NAMES)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError) as caught:
        create("grad-cam", linear_net(), noise(2, (1, 8, 8)))
    message = str(caught.value)
    assert message.startswith("create('grad-cam'): unknown explainer 'grad-cam'")
    assert all(name in message for name in EXPLAINERS)


def test_the_table_tells_every_entry_apart() -> None:
    assert len({entry.title for entry in EXPLAINERS.values()}) == len(EXPLAINERS)
    assert len({entry.implementation for entry in EXPLAINERS.values()}) == len(EXPLAINERS)
    for name, entry in EXPLAINERS.items():
        assert isinstance(entry, Entry)
        assert entry.title, name
        assert entry.summary, name
        assert entry.unit, name


@every_name
def test_settings_of_another_method_are_refused(name: str) -> None:
    expected = EXPLAINERS[name].settings or "no settings"
    wrong = [LimeSettings(), GradientSettings(), PartitionSettings(), {"samples": 10}, 100]
    for settings in (s for s in wrong if not isinstance(s, type(SETTINGS.get(name)))):
        with pytest.raises(InputError) as caught:
            create(name, model_of("digits-cnn"), images_of("digits-cnn"), settings=settings)
        assert f"create({name!r})" in str(caught.value)
        assert expected in str(caught.value)


@every_name
def test_a_model_in_train_mode_is_refused(name: str) -> None:
    model = CASES["in-place"].model().train()
    with pytest.raises(InputError, match=r"train mode; call model.eval\(\)"):
        create(name, model, images_of("in-place"))
    assert model.training
    model.eval()
    drop = model.get_submodule("drop").train()
    with pytest.raises(InputError, match="train mode"):
        create(name, model, images_of("in-place"))
    assert drop.training


BAD_BATCHES: dict[str, tuple[Callable[[Tensor], object], str]] = {
    "no batch axis": (lambda x: x[0], r"x has shape \(1, 8, 8\), expected \(N, 1, 8, 8\).*x\[None\]"),
    "empty": (lambda x: x[:0], "expected .* with N >= 1"),
    "another size": (lambda x: x[..., :7], r"x has shape \(3, 1, 8, 7\), expected \(N, 1, 8, 8\)"),
    "more channels": (lambda x: x.expand(3, 3, 8, 8), r"x has shape \(3, 3, 8, 8\)"),
    "float64": (lambda x: x.double(), "x is torch.float64, the explainer was created for torch.float32"),
    "float16": (lambda x: x.half(), "x is torch.float16"),
    "bytes": (lambda x: (x * 255).byte(), "x is torch.uint8"),
    "not a number": (lambda x: x * float("nan"), "NaN or infinity"),
    "infinite": (lambda x: x / 0, "NaN or infinity"),
    "an array": (lambda x: x.numpy(), "got ndarray; pass a torch.Tensor"),
    "another device": (lambda x: x.to("meta"), "x is on meta, the network on cpu"),
}


@pytest.mark.parametrize("bad", BAD_BATCHES)
@every_name
def test_a_batch_that_does_not_fit_is_refused(name: str, bad: str) -> None:
    spoil, message = BAD_BATCHES[bad]
    with pytest.raises(InputError, match=f"^{name}.explain: .*{message}"):
        explainer_of(name, "digits-cnn").explain(spoil(images_of("digits-cnn")))  # pyright: ignore[reportArgumentType]


BAD_EXAMPLES: dict[str, Callable[[Tensor], object]] = {
    "empty": lambda x: x[:0],
    "bytes": lambda x: (x * 255).byte(),
    "not a number": lambda x: x * float("nan"),
    "an array": lambda x: x.numpy(),
    "a list": lambda x: list(x),
}


@pytest.mark.parametrize("bad", BAD_EXAMPLES)
@every_name
def test_an_example_that_is_no_batch_of_pixels_is_refused(name: str, bad: str) -> None:
    example = BAD_EXAMPLES[bad](images_of("digits-cnn"))
    with pytest.raises(InputError) as caught:
        create(name, model_of("digits-cnn"), example)  # pyright: ignore[reportArgumentType]
    assert f"create({name!r})" in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "lime",
        "shap_partition",
        "kernel_shap",
        "occlusion",
        "rise",
        "meaningful_perturbation",
        "edges",
        "openbox_neighbourhood",
        *sorted(CAMS),
    ],
)
def test_a_method_for_images_refuses_a_row_of_numbers(name: str) -> None:
    model = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    with pytest.raises(InputError, match=name):
        create(name, model, noise(2, (12,)))


@pytest.mark.parametrize(
    "name",
    sorted((OPENS | {"shap", "random", "sensitivity", "smoothgrad"}) - {"openbox_neighbourhood"} - CAMS),
)
def test_a_method_for_any_input_takes_a_row_of_numbers(name: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    x = noise(4, (12,))
    assert create(name, model, x).explain(x).values.shape == (4, 12)


def test_lime_refuses_two_channels() -> None:
    with pytest.raises(InputError, match=r"create\('lime'\): images of shape \(2, 8, 8\)"):
        create("lime", linear_net((2, 8, 8)), noise(2, (2, 8, 8)))


@pytest.mark.parametrize("name", sorted(OPENS))
def test_a_method_that_opens_refuses_a_curved_network_and_names_the_operation(name: str) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10), nn.Sigmoid(), nn.Linear(10, 10)).eval()
    with pytest.raises(NotPiecewiseLinearError, match="sigmoid"):
        create(name, model, noise(2, (1, 8, 8)))


@every_name
def test_a_float64_model_is_explained_in_float64_or_refused(name: str) -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Flatten(), nn.Linear(128, 10)).double().eval()
    x = noise(2, (1, 8, 8)).double()
    if name == "shap":
        with pytest.raises(
            InputError, match=r"create\('shap'\): example is torch\.float64; the package computes in float32"
        ):
            create(name, model, x)
        return
    values = create(name, model, x, settings=SETTINGS.get(name)).explain(x).values
    assert values.dtype == torch.float64
    assert bool(values.isfinite().all())
