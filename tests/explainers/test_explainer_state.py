"""The shared model and the process are as they were after every call, failed calls too."""

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from explainer_cases import BLIND, CASES, NAMES, OPENS, images_of, make
from thin import thin
from torch import nn

from openbox.errors import InputError
from openbox.explainers import Contrast, create
from openbox.zoo import networks

HOOKS = (
    "_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks",
    "_state_dict_hooks", "_load_state_dict_pre_hooks",
)  # fmt: skip


def model_state(model: nn.Module) -> dict[str, object]:
    """Everything of a model that a user could notice: values, flags, gradients, modes, hooks."""
    state: dict[str, object] = {}
    for key, parameter in model.named_parameters():
        state[f"{key} bytes"] = parameter.detach().numpy().tobytes()
        state[f"{key} place"] = (parameter.data_ptr(), parameter.dtype, parameter.stride())
        state[f"{key} requires_grad"] = parameter.requires_grad
        state[f"{key} grad"] = None if parameter.grad is None else parameter.grad.numpy().tobytes()
    for key, buffer in model.named_buffers():
        state[f"{key} bytes"] = (buffer.numpy().tobytes(), buffer.data_ptr())
    for path, module in model.named_modules():
        state[f"{path} id"] = (id(module), type(module), module.training, vars(module).get("inplace"))
        state[f"{path} hooks"] = [len(getattr(module, kind)) for kind in HOOKS]
        state[f"{path} attributes"] = sorted(vars(module))
    return state


def process_state() -> dict[str, object]:
    """The random generators and modes that the whole process shares."""
    kind, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    return {
        "numpy": (kind, np.asarray(keys).tobytes(), position, has_gauss, gauss),
        "torch": torch.get_rng_state().numpy().tobytes(),
        "python": random.getstate(),
        "grad enabled": torch.is_grad_enabled(),
        "default dtype": torch.get_default_dtype(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "tf32": (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32),
        "cudnn": (torch.backends.cudnn.enabled, torch.backends.cudnn.benchmark),
        "numpy errors": np.geterr(),
    }


def model_with_a_past(case: str) -> nn.Module:
    """A model as users have them: some parameters frozen, some with gradients, and a hook of their own."""
    model = CASES[case].model()
    for number, parameter in enumerate(model.parameters()):
        parameter.requires_grad_(number % 2 == 0)
        if number % 4 == 0:
            parameter.grad = torch.full_like(parameter, 0.25)
    next(model.children()).register_forward_hook(lambda module, inputs, output: None)
    return model


@pytest.mark.parametrize("case", thin(CASES, lambda _, name: name == "in-place"))
@pytest.mark.parametrize("name", NAMES)
def test_create_and_explain_leave_the_model_and_the_process_alone(name: str, case: str) -> None:
    model = model_with_a_past(case)
    np.random.seed(5)
    torch.manual_seed(5)
    random.seed(5)
    before = model_state(model), process_state()
    explainer = make(name, model, CASES[case].example())
    assert (model_state(model), process_state()) == before, "after create"
    for target in (None, 2, Contrast(1, 7), torch.tensor([0, 5, 9])):
        explainer.explain(images_of(case, name), target)
        assert (model_state(model), process_state()) == before, f"after explain({target})"


@pytest.mark.parametrize("case", thin(CASES, lambda _, name: name == "in-place"))
@pytest.mark.parametrize("name", NAMES)
def test_a_refused_call_leaves_the_model_and_the_process_alone(name: str, case: str) -> None:
    model = model_with_a_past(case)
    explainer = make(name, model, CASES[case].example())
    before = model_state(model), process_state()
    x = images_of(case)
    refused: list[Callable[[], object]] = [
        lambda: explainer.explain(x, 10),
        lambda: explainer.explain(x, Contrast(3, 3)),
        lambda: explainer.explain(x[0]),
        lambda: explainer.explain(x.double()),
        lambda: create(name, model, x, settings="much"),
    ]
    for call in refused:
        with pytest.raises(InputError):
            call()
        assert (model_state(model), process_state()) == before


def test_gradcam_s_refusal_leaves_no_hook_behind() -> None:
    model = networks.build("mlp", (1, 8, 8), 10).eval()
    before = model_state(model), process_state()
    with pytest.raises(InputError, match="convolutional"):
        create("gradcam", model, torch.rand(2, 1, 8, 8, generator=torch.Generator()))
    assert (model_state(model), process_state()) == before


class _Moody(nn.Module):
    """Fails when it is told to: what a package does to hooks and generators after an error."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = CASES["in-place"].model()
        self.mood = {"calls left": 10**9}  # a deep copy would get its own: see __deepcopy__

    def __deepcopy__(self, memo: dict[int, object]) -> "_Moody":
        twin = _Moody()
        twin.inner.load_state_dict(self.inner.state_dict())
        twin.mood = self.mood
        return twin.eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.mood["calls left"] <= 0:
            raise MemoryError("the device is full")
        self.mood["calls left"] -= 1
        return self.inner(x)


@pytest.mark.parametrize("name", sorted(set(NAMES) - OPENS - BLIND))
def test_an_error_inside_a_package_comes_through_and_nothing_is_left_over(name: str) -> None:
    model = _Moody().eval()
    x = images_of("in-place")
    explainer = make(name, model, x)
    clean = explainer.explain(x, 0)
    before = model_state(model), process_state()
    for calls_before_the_error in (0, 1):  # the first is explain's own
        model.mood["calls left"] = calls_before_the_error
        with pytest.raises(MemoryError):
            explainer.explain(x, 0)
        assert (model_state(model), process_state()) == before
    model.mood["calls left"] = 10**9
    again = explainer.explain(x, 0)
    assert torch.equal(again.values, clean.values), "the private copy kept something from the failure"
    assert again.model_calls == clean.model_calls
