"""The laws of the core, over every case of the table, in float64 and float32."""

from pathlib import Path

import numpy as np
import pytest
import torch
from cases import CASES, GENERIC, Case
from facts import facts
from neighbours import agree, decided, inside
from opened import batch, by_hand, opened
from torch import Tensor
from torch.fx.node import Argument

import openbox
from openbox.program.gates.gate import Gate
from openbox.program.program import Program
from openbox.program.step import Step

BOUND = {torch.float64: 1e-12, torch.float32: 1e-5}
every_case = pytest.mark.parametrize("name", CASES)
every_dtype = pytest.mark.parametrize("dtype", BOUND, ids=["float64", "float32"])


@every_case
@every_dtype
def test_certificate_holds_at_the_centre(name: str, dtype: torch.dtype) -> None:
    _, net = opened(name)
    x = batch(name, dtype)
    piece = net.linearize(x)
    assert piece.error.max() <= BOUND[dtype]
    # and by our own arithmetic, against the module itself rather than piece.logits
    f = CASES[name].model().to(dtype)(x.clone()).detach().flatten(1)
    gap = (piece(x) - f).abs().amax(1) / f.abs().amax(1).clamp(min=1e-30)
    assert gap.max() <= BOUND[dtype]
    assert torch.allclose(piece.logits, f, rtol=BOUND[dtype], atol=0 if dtype == torch.float64 else 1e-6)


@every_case
def test_weight_bias_and_ties_equal_the_oracles(name: str) -> None:
    _, net = opened(name)
    inputs = CASES[name].inputs()
    piece = net.linearize(batch(name, torch.float64))
    for row, which in enumerate(inputs):
        expected = by_hand(name)[which]
        scale = max(1.0, float(np.abs(expected.weight).max()))
        assert np.abs(piece.weight[row].numpy() - expected.weight).max() <= 1e-11 * scale, which
        assert np.abs(piece.bias[row].numpy() - expected.bias).max() <= 1e-11 * scale, which


@every_case
def test_every_gate_decides_as_the_oracle(name: str) -> None:
    _, net = opened(name)
    x = batch(name, torch.float64)
    rows = decided(net.program, x)
    for row, which in enumerate(CASES[name].inputs()):
        expected = by_hand(name)[which]
        assert len(expected.decisions) == len(rows)
        for ours, theirs in zip(rows, expected.decisions, strict=True):
            assert np.array_equal(ours[row].numpy(), theirs.ravel()), which


@every_case
def test_degenerate_counts_the_ties(name: str, shared: Path) -> None:
    _, net = opened(name)
    piece = net.linearize(batch(name, torch.float64))
    assert facts(shared, name).ties == int(piece.degenerate.max())
    for row, which in enumerate(CASES[name].inputs()):
        assert int(piece.degenerate[row]) == by_hand(name)[which].ties, which


@every_case
@every_dtype
def test_piece_is_the_network_inside_its_region(name: str, dtype: torch.dtype) -> None:
    _, net = opened(name)
    x = batch(name, dtype)
    piece = net.linearize(x)
    points, distance = inside(net, x)
    for row, which in enumerate(CASES[name].inputs()):
        assert distance[row] > 0 or which not in GENERIC, f"no second point of the region of {which!r}"
    f = net.original(points)
    error = (piece(points) - f).abs().amax(1) / f.abs().amax(1).clamp(min=1e-30)
    assert error.max() <= BOUND[dtype]


@every_case
def test_margins_tell_who_leaves_the_region(name: str) -> None:
    """All margins positive: same pattern. One negative: another pattern. Zero at x exactly at ties."""
    _, net = opened(name)
    x = batch(name, torch.float64)
    _, pattern = net.program.record(x)
    generator = torch.Generator().manual_seed(3)
    for step in (1e-6, 1e-3, 0.1, 1.0):
        moved = x + step * torch.randn(x.shape, generator=generator, dtype=torch.float64)
        least = smallest_margin(net.program, moved, pattern)
        same = agree(decided(net.program, x), decided(net.program, moved)).expand(len(x))
        assert bool(same[least > 0].all())
        assert not bool(same[least < 0].any())
    assert bool((smallest_margin(net.program, x, pattern) >= 0).all())


def smallest_margin(program: Program, x: Tensor, pattern: tuple[Tensor, ...]) -> Tensor:
    least = torch.full((len(x),), torch.inf, dtype=x.dtype)
    given = iter(pattern)

    def note(step: Step, args: tuple[Argument, ...]) -> Tensor:
        gate = step.rule
        assert isinstance(gate, Gate)
        decision = next(given)
        margins = step.layout.rows(gate.margins(decision, *args), len(x))
        torch.minimum(least, margins.amin(1), out=least)
        return gate.apply(decision, *args)

    program.run(x, note)
    return least


@every_case
@every_dtype
def test_batch_equals_single(name: str, dtype: torch.dtype) -> None:
    _, net = opened(name)
    x = batch(name, dtype)
    together = net.linearize(x)
    for count in (1, 2, len(x)):
        part = net.linearize(x[:count])
        assert part.region_ids == together.region_ids[:count]
        scale = together.weight[:count].abs().max().clamp(min=1)
        assert (part.weight - together.weight[:count]).abs().max() <= 10 * BOUND[dtype] * scale
        assert (part.bias - together.bias[:count]).abs().max() <= 10 * BOUND[dtype] * scale


@every_case
def test_replay_is_affine(name: str) -> None:
    _, net = opened(name)
    x = batch(name, torch.float64)
    _, pattern = net.program.record(x)
    a, b = torch.rand(2, *x.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(4))
    mixed = net.program.replay(0.3 * a + 0.7 * b, pattern)
    expected = 0.3 * net.program.replay(a, pattern) + 0.7 * net.program.replay(b, pattern)
    assert (mixed - expected).abs().max() <= 1e-12 * expected.abs().max().clamp(min=1)


@every_case
def test_folding_changes_no_function(name: str) -> None:
    _, net = opened(name)
    x = batch(name, torch.float64)
    _, pattern = net.program.record(x)
    a = torch.rand(x.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(7))
    expected = net.program.replay(a, pattern)
    gap = (net.folded.replay(a, pattern) - expected).abs().max()
    assert gap <= 1e-12 * expected.abs().max().clamp(min=1)


@every_case
def test_chosen_classes_and_readouts_are_parts_of_the_whole(name: str) -> None:
    _, net = opened(name)
    x = batch(name, torch.float64)
    whole = net.linearize(x)
    last = net.outputs - 1
    some = net.linearize(x, [last, 0])
    assert torch.allclose(some.weight, whole.weight[:, [last, 0]], rtol=0, atol=1e-12)
    assert torch.allclose(some.bias, whole.bias[:, [last, 0]], rtol=0, atol=1e-12)
    rows = torch.randn(
        len(x), 2, net.outputs, dtype=torch.float64, generator=torch.Generator().manual_seed(5)
    )
    mixed = net.readout(x, rows)
    expected = torch.einsum("nrk,nk...->nr...", rows, whole.weight)
    assert torch.allclose(
        mixed.weight, expected, rtol=0, atol=1e-10 * float(expected.abs().max().clamp(min=1))
    )
    assert mixed.error.max() <= 1e-11


def test_region_ids_are_equal_exactly_when_all_gates_agree() -> None:
    _, net = opened("cnn")
    generator = torch.Generator().manual_seed(6)
    x = torch.rand(1, *CASES["cnn"].shape, generator=generator).repeat(40, 1, 1, 1)
    x += 0.02 * torch.randn(x.shape, generator=generator)
    piece = net.linearize(x, [0])
    rows = torch.cat([row.double() for row in decided(net.program, x)], 1)
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(piece.region_ids):
        groups.setdefault(name, []).append(row)
    assert len(groups) == len(torch.unique(rows, dim=0))
    assert all(bool((rows[members] == rows[members[0]]).all()) for members in groups.values())


def test_the_bias_is_not_computed_from_the_output() -> None:
    """A wrong rule must show in the certificate: break one and see the error."""
    case = Case(CASES["cnn"].build, CASES["cnn"].shape)
    net = openbox.capture(case.model(), torch.zeros(2, *case.shape))
    x = batch("cnn", torch.float64)[:2]
    assert net.linearize(x).error.max() <= 1e-12
    kernel = next(node for node, tensor in net.folded.tensors.items() if tensor.ndim == 4)
    net.folded.tensors[kernel] = net.folded.tensors[kernel] * 1.001
    assert net.linearize(x).error.min() > 1e-6


@pytest.mark.parametrize("output", [0, -1], ids=["first", "last"])
@pytest.mark.parametrize("amount", [0.25, -0.25])
def test_the_certificate_is_the_largest_gap_over_the_inputs_own_largest_output(
    output: int, amount: float
) -> None:
    """One output of the replay is moved by a known amount, up or down: all else follows by hand."""
    case = Case(CASES["mlp"].build, CASES["mlp"].shape)
    net = openbox.capture(case.model(), torch.zeros(2, *case.shape))
    x = batch("mlp", torch.float64)
    (bias,) = (node for node, tensor in net.folded.tensors.items() if tensor.shape == (net.outputs,))
    moved = net.folded.tensors[bias].detach().clone()
    moved[output] += amount
    net.folded.tensors[bias] = moved
    largest = net.original(x).abs().amax(1)
    assert len(largest.unique()) > 2, "every input has a scale of its own"
    torch.testing.assert_close(net.linearize(x).error, abs(amount) / largest, rtol=1e-6, atol=0)
