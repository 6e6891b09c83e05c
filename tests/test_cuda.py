"""The laws of a device: CUDA gives what the oracle and the CPU give. Collected only where there is CUDA.

TF32 is on around every test: it must not reach a number that is called exact.
"""

from collections.abc import Iterator
from functools import cache

import explainer_cases as explainers
import numpy as np
import pytest
import torch
from cases import CASES, GENERIC
from opened import batch, by_hand, opened

import openbox
from openbox.network import PiecewiseLinearNetwork

CUDA = torch.device("cuda")
BOUND = {torch.float64: 1e-12, torch.float32: 1e-5}
ROUGH = {"hardsigmoid", "hardsigmoid layers", "constant made in forward"}  # in float32 within CUDA's kernels
every_case = pytest.mark.parametrize("name", CASES)
# PyTorch's own kernels disagree there: an axis that keeps its length is stretched on the CPU, not on CUDA
comparable = pytest.mark.parametrize("name", [name for name in CASES if name != "bilinear by a fraction"])


@pytest.fixture(autouse=True)
def _tf32() -> Iterator[None]:
    flags = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = flags


@cache
def on_cuda(name: str) -> PiecewiseLinearNetwork:
    case = CASES[name]
    return openbox.capture(case.model().to(CUDA), torch.zeros(1, *case.shape, device=CUDA))


@every_case
@pytest.mark.parametrize("dtype", BOUND, ids=["float64", "float32"])
def test_certificate_holds(name: str, dtype: torch.dtype) -> None:
    piece = on_cuda(name).linearize(batch(name, dtype).to(CUDA))
    assert piece.weight.device.type == "cuda"
    assert piece.error.max() <= (1e-7 if name in ROUGH and dtype == torch.float64 else BOUND[dtype])


@comparable
def test_weight_bias_and_ties_equal_the_oracles(name: str) -> None:
    piece = on_cuda(name).linearize(batch(name, torch.float64).to(CUDA))
    for row, which in enumerate(CASES[name].inputs()):
        if which not in GENERIC:
            continue  # a tie may be decided by the last bit of a sum, which is another one on another device
        expected = by_hand(name)[which]
        bound = (1e-6 if name in ROUGH else 1e-11) * max(1.0, float(np.abs(expected.weight).max()))
        assert np.abs(piece.weight[row].cpu().numpy() - expected.weight).max() <= bound, which
        assert np.abs(piece.bias[row].cpu().numpy() - expected.bias).max() <= bound, which


@comparable
def test_region_ids_are_those_of_the_cpu(name: str) -> None:
    generic = torch.stack([CASES[name].inputs()[which] for which in GENERIC]).double()
    on_cpu = opened(name)[1].linearize(generic, [0])
    there = on_cuda(name).linearize(generic.to(CUDA), [0])
    untied = [row for row in range(len(generic)) if int(on_cpu.degenerate[row]) == 0]
    assert [there.region_ids[row] for row in untied] == [on_cpu.region_ids[row] for row in untied]


@comparable
def test_a_region_ends_where_it_ends_on_the_cpu(name: str) -> None:
    x = CASES[name].inputs()[GENERIC[0]].double()
    direction = torch.rand(x.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64) - 0.5
    here = opened(name)[1].region(x)
    there = on_cuda(name).region(x.to(CUDA))
    assert there.exit(direction.to(CUDA)).step == pytest.approx(here.exit(direction).step, rel=1e-9)
    assert there.distance(ties=False).step == pytest.approx(here.distance(ties=False).step, rel=1e-9)


def test_slice_segment_and_counterfactual_are_those_of_the_cpu() -> None:
    x, u, v = torch.rand(3, *CASES["cnn"].shape, generator=torch.Generator().manual_seed(2)).double()
    here, there = opened("cnn")[1], on_cuda("cnn")
    plane = here.slice(x, u - 0.5, v - 0.5, 0.5)
    same = there.slice(x.to(CUDA), u.to(CUDA) - 0.5, v.to(CUDA) - 0.5, 0.5)
    assert set(same.region_ids) == set(plane.region_ids)
    line, again = here.segment(x, u), there.segment(x.to(CUDA), u.to(CUDA))
    assert torch.allclose(again.t.cpu(), line.t, atol=1e-12)
    other, found = here.counterfactual(x, bounds=None), there.counterfactual(x.to(CUDA), bounds=None)
    assert found.distance == pytest.approx(other.distance, rel=1e-6)


@pytest.mark.parametrize("case", explainers.CASES)
@pytest.mark.parametrize("name", explainers.NAMES)
def test_every_explainer_explains_on_cuda(name: str, case: str) -> None:
    table = explainers.CASES[case]
    images = explainers.images_of(case, name)
    explainer = explainers.make(name, table.model().to(CUDA), table.example().to(CUDA))
    values = explainer.explain(images.to(CUDA)).values
    assert values.device.type == "cuda"
    assert bool(values.isfinite().all())
    if name not in explainers.DRAWS:  # another device draws other numbers
        expected = explainers.explained(name, case).values
        assert (values.cpu() - expected).abs().max() <= 1e-2 * expected.abs().max()
