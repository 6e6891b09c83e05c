"""Grad-CAM: its layer, its formula, and networks that overwrite what its hooks recorded."""

import pytest
import torch
from explainer_cases import explainer_of, images_of, in_place_net, linear_net, model_of, noise
from torch import Tensor, nn
from torch.testing import assert_close

from openbox.errors import InputError
from openbox.explainers import create
from openbox.explainers.class_maps.gradcam import GradCam
from openbox.zoo import networks


def layer_of(model: nn.Module, example: Tensor) -> nn.Module:
    method = create("gradcam", model, example)._method
    assert isinstance(method, GradCam)
    return method.layer


def reference(model: nn.Module, layer: nn.Module, x: Tensor, target: int) -> Tensor:
    """ReLU of the activations weighted by the mean gradient (Selvaraju et al., equations 1 and 2)."""
    kept: list[Tensor] = []

    def keep(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        kept.append(output)
        return output.clone()

    with torch.enable_grad(), layer.register_forward_hook(keep):
        score = model(x.clone().requires_grad_())[:, target].sum()
        (gradient,) = torch.autograd.grad(score, kept[0])
    return (gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1).relu().detach()


def test_the_grid_is_the_paper_s_formula() -> None:
    x = images_of("digits-cnn")
    model = model_of("digits-cnn")
    found = explainer_of("gradcam", "digits-cnn").explain(x, 5)
    assert found.grid is not None
    layer = model[6]  # pyright: ignore[reportIndexIssue]
    assert isinstance(layer, nn.ReLU)
    assert_close(found.grid, reference(model, layer, x, 5), rtol=1e-4, atol=1e-5)


def test_a_network_that_writes_in_place_gets_the_same_maps() -> None:
    x = noise(3, (3, 12, 12))
    safe, unsafe = in_place_net(inplace=False), in_place_net(inplace=True)
    assert torch.equal(safe(x), unsafe(x))
    for target in (0, 4, 9):
        a = create("gradcam", safe, x).explain(x, target)
        b = create("gradcam", unsafe, x).explain(x, target)
        assert torch.equal(a.values, b.values)
        assert a.grid is not None
        assert b.grid is not None
        assert torch.equal(a.grid, b.grid)
        assert_close(a.grid, reference(safe, safe.conv3, x, target), rtol=1e-4, atol=1e-6)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("inplace", [False, True])
def test_a_shared_in_place_module_is_no_trap_either(inplace: bool) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        relu = nn.ReLU(inplace)
        model = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), relu, nn.Conv2d(4, 4, 3, padding=1), relu,
            nn.Flatten(), nn.Linear(4 * 64, 10),
        ).eval()  # fmt: skip
    x = noise(2, (1, 8, 8))
    found = create("gradcam", model, x).explain(x, 1)
    plain = nn.Sequential(model[0], nn.ReLU(), model[2], nn.ReLU(), model[4], model[5])
    assert found.grid is not None
    assert_close(found.grid, reference(plain, plain[3], x, 1), rtol=1e-4, atol=1e-6)


def test_the_layer_of_a_residual_network_is_its_last_block() -> None:
    model = networks.build("resnet20", (3, 32, 32), 10).eval()
    layer = layer_of(model, noise(1, (3, 32, 32)))
    assert isinstance(layer, networks.BasicBlock)
    expected = [module for module in model.modules() if isinstance(module, networks.BasicBlock)][-1]
    assert torch.equal(layer.conv2.weight, expected.conv2.weight)
    assert layer is not expected, "its own copy"


@pytest.mark.parametrize("side", [8, 16, 20, 32])
def test_the_layer_has_at_least_4x4_positions(side: int) -> None:
    """A 32x32 image leaves 1x1 after five halvings, and a map of one position says nothing."""
    layers: list[nn.Module] = []
    inputs = 3
    for _ in range(3):
        layers += [nn.Conv2d(inputs, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True)]
        inputs = 8
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)).eval()
    x = noise(2, (3, side, side))
    found = create("gradcam", model, x).explain(x, 0)
    assert found.grid is not None
    expected = {8: 4, 16: 4, 20: 5, 32: 4}[side]
    assert found.grid.shape == (2, expected, expected)
    assert isinstance(layer_of(model, x), nn.ReLU)


def test_an_image_smaller_than_the_grid_is_refused() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Flatten(), nn.Linear(18, 10)).eval()
    with pytest.raises(InputError, match="4x4"):
        create("gradcam", model, noise(1, (1, 3, 3)))


class _Negative(nn.Module):
    """All activations are positive and every one of them speaks against class 0."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(1, 2, 3, padding=1)
        nn.init.constant_(self.convolution.weight, 0.1)
        nn.init.constant_(self.convolution.bias, 0.5)  # pyright: ignore[reportArgumentType]
        self.head = nn.Linear(2 * 64, 2)
        self.head.weight.data[0] = -1.0
        self.head.weight.data[1] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.convolution(x).relu().flatten(1))


def test_a_flat_map_is_flagged_and_finite() -> None:
    x = noise(2, (1, 8, 8))
    explainer = create("gradcam", _Negative().eval(), x)
    against = explainer.explain(x, 0)
    assert against.receipt.numbers["flat map"].tolist() == [1, 1]
    assert bool((against.values == 0).all())
    speaking = explainer.explain(x, 1)
    assert speaking.receipt.numbers["flat map"].tolist() == [0, 0]
    assert bool((speaking.values > 0).any())


def test_the_flag_is_set_for_each_image_alone() -> None:
    model = nn.Sequential(nn.Conv2d(1, 1, 1, bias=False), nn.Flatten(), nn.Linear(64, 2)).eval()
    for parameter in model.parameters():
        parameter.data.fill_(1.0)
    x = torch.cat((torch.zeros(1, 1, 8, 8), noise(1, (1, 8, 8)), torch.full((1, 1, 8, 8), 0.5)))
    found = create("gradcam", model, x).explain(x, 0)
    assert found.receipt.numbers["flat map"].tolist() == [1, 0, 1]
    assert bool(found.values.isfinite().all())


def test_a_user_s_own_hooks_are_not_lost() -> None:
    model = linear_net()
    model = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1), *model.children()).eval()
    seen: list[int] = []
    model[0].register_forward_hook(lambda module, inputs, output: seen.append(len(output)))
    x = noise(2, (1, 8, 8))
    create("gradcam", model, x).explain(x, 0)
    seen.clear()
    model(x)
    assert seen == [2]


def test_no_hook_stays_on_the_private_copy() -> None:
    """A hook left behind at each call would slow every later one, and keep its activations."""
    x = noise(2, (3, 12, 12))
    explainer = create("gradcam", in_place_net(), x)
    method = explainer._method
    assert isinstance(method, GradCam)
    for _ in range(3):
        explainer.explain(x, 0)
    for module in [*method.model.modules(), method._probe]:
        assert not module._forward_hooks, module
        assert not module._backward_hooks, module
