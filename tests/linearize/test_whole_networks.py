"""Networks as people build them are opened exactly, or refused by the name of the right module."""

from collections.abc import Iterable

import pytest
import torch
from _pytest.mark import ParameterSet
from neighbours import inside
from torchvision import models
from whole_networks import NETWORKS, REFUSED

import openbox

LONG = {
    "alexnet", "vgg11_bn", "resnet50", "wide_resnet50_2", "resnext50_32x4d", "densenet121", "googlenet",
    "inception_v3", "mobilenet_v2", "mnasnet1_0", "regnet_x_400mf", "fcn_resnet50", "swin_t", "vit_b_16",
    "efficientnet_b0", "regnet_y_400mf", "convnext_tiny", "shufflenet_v2_x1_0",
    "mobilenet_v3_small",
}  # fmt: skip


def cases(names: Iterable[str]) -> list[ParameterSet]:
    return [pytest.param(name, marks=pytest.mark.long if name in LONG else ()) for name in names]


@pytest.mark.parametrize("name", cases(NETWORKS))
def test_certificates_hold_at_the_input_and_inside_its_region(name: str) -> None:
    whole = NETWORKS[name]
    x = torch.rand(2, *whole.shape, generator=torch.Generator().manual_seed(1))
    net = openbox.capture(whole.model(), x, whole.output)
    # those that a ReLU at the end has not switched off
    classes = net.original(x).abs().amin(0).topk(min(2, net.outputs)).indices.tolist()
    for dtype, bound in ((torch.float64, 1e-12), (torch.float32, 1e-5)):
        piece = net.linearize(x.to(dtype), classes)
        print(f"{name} {dtype}: error {float(piece.error.max()):.1e}")
        assert piece.error.max() <= bound
        assert piece.logits.abs().min() > 1e-3, "a network that returns zero proves nothing"
        assert piece.weight.abs().amax((1, *range(2, piece.weight.ndim))).min() > 0
    points, distance = inside(net, x.double())
    assert bool((distance > 0).all())
    f = net.original(points)[:, classes]
    gap = net.linearize(x.double(), classes)(points) - f
    assert (gap.abs().amax(1) / f.abs().amax(1)).max() <= 1e-12


@pytest.mark.parametrize("name", cases(REFUSED))
def test_refusals_name_the_first_module_that_is_not_piecewise_linear(name: str) -> None:
    refused = REFUSED[name]
    model = getattr(models, name)(weights=None).eval()
    with pytest.raises(openbox.NotPiecewiseLinearError) as caught:
        openbox.capture(model, torch.rand(1, 3, refused.size, refused.size))
    assert caught.value.operation == refused.operation
    assert caught.value.module == refused.module
    assert refused.advice in caught.value.advice
    assert "torchvision/" in caught.value.source
