"""One capture opens sequences of every length, exactly: against matrices multiplied out by hand."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from reference.unrolled import states
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

import openbox
from openbox.sequences import SequenceNetwork

LENGTHS = (1, 2, 3, 20)
WIDTH, HIDDEN, CLASSES = 5, 6, 3


class Reader(nn.Module):
    """A recurrent network that reads its states in one of the usual ways."""

    def __init__(self, layers: int, both_ways: bool, pool: str, **settings: bool) -> None:
        super().__init__()
        self.rnn = nn.RNN(
            WIDTH, HIDDEN, layers, nonlinearity="relu", batch_first=True, bidirectional=both_ways, **settings
        )
        self.pool = pool
        self.head = nn.Linear(HIDDEN * (1 + both_ways), CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.rnn(x)
        pooled = {"last": states[:, -1], "mean": states.mean(1), "max": states.amax(1)}
        return self.head(pooled[self.pool])


FEW = {(2, True, "max"), (3, True, "last")}  # with those of one layer; the others in the long set
KINDS = [
    pytest.param(*kind, marks=() if kind[0] == 1 or kind in FEW else pytest.mark.long)
    for kind in itertools.product((1, 2, 3), (False, True), ("last", "mean", "max"))
]


def reader(layers: int, both_ways: bool, pool: str) -> Reader:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(layers)
        return Reader(layers, both_ways, pool).double().eval()


def sequences(length: int, count: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(length)
    return torch.randn(count, length, WIDTH, generator=generator, dtype=torch.float64)


def opened(model: nn.Module, length: int = 4) -> SequenceNetwork:
    net = openbox.capture(model, sequences(length))
    assert isinstance(net, SequenceNetwork)
    return net


def by_hand(model: Reader, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """``weight`` (K, T, E) and ``bias`` (K,) at one sequence (T, E)."""
    matrix, constant = states(model.rnn, x.numpy())
    if model.pool == "last":
        matrix, constant = matrix[-1], constant[-1]
    elif model.pool == "mean":
        matrix, constant = matrix.mean(0), constant.mean(0)
    else:
        winners = (np.einsum("sjte,te->sj", matrix, x.numpy()) + constant).argmax(0)
        units = np.arange(len(winners))
        matrix, constant = matrix[winners, units], constant[winners, units]
    head, bias = (value.detach().numpy() for value in (model.head.weight, model.head.bias))
    return np.einsum("kj,jte->kte", head, matrix), head @ constant + bias


@pytest.mark.parametrize(("layers", "both_ways", "pool"), KINDS)
def test_every_length_is_the_product_of_its_matrices(layers: int, both_ways: bool, pool: str) -> None:
    model = reader(layers, both_ways, pool)
    net = opened(model)
    for length in LENGTHS:
        x = sequences(length)
        piece = net.linearize(x)
        assert piece.error.max() <= 1e-12
        for one, weight, bias in zip(x, piece.weight, piece.bias, strict=True):
            expected = by_hand(model, one)
            assert np.allclose(weight.numpy(), expected[0], rtol=0, atol=1e-12)
            assert np.allclose(bias.numpy(), expected[1], rtol=0, atol=1e-12)


def test_two_hundred_steps() -> None:
    net = opened(reader(3, True, "mean"))
    assert net.linearize(sequences(200, 1)).error.max() <= 1e-12


def test_gates_decide_as_in_the_module() -> None:
    """Bit for bit: the states of the module are positive exactly where a gate is on."""
    model = reader(2, True, "mean")
    net, x = opened(model), sequences(7, 3)
    seen = []
    hook = model.rnn.register_forward_hook(lambda module, args, output: seen.append(output[0]))
    model(x)
    hook.remove()
    _, pattern = net.at(x.shape[1:]).program.record(x)
    gates = net.at(x.shape[1:]).program.gates
    for way, suffix in enumerate(("", "_reverse")):
        names = {step.module: decision for step, decision in zip(gates, pattern, strict=True)}
        for t in range(7):
            state = seen[0][:, t, way * HIDDEN : (way + 1) * HIDDEN]
            assert torch.equal(names[f"rnn.l1{suffix}[{t}]"], state > 0)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_batch_is_its_sequences_one_by_one(length: int) -> None:
    net, x = opened(reader(2, True, "max")), sequences(length, 3)
    together = net.linearize(x)
    for i in range(3):
        alone = net.linearize(x[i : i + 1])
        assert alone.region_ids == together.region_ids[i : i + 1]
        assert torch.allclose(alone.weight, together.weight[i : i + 1], rtol=0, atol=1e-14)


def test_a_capture_from_any_length_is_the_same() -> None:
    model, x = reader(1, True, "mean"), sequences(6)
    pieces = [opened(model, length).linearize(x) for length in (1, 2, 6)]
    assert len({tuple(piece.region_ids) for piece in pieces}) == 1
    assert all(torch.equal(piece.weight, pieces[0].weight) for piece in pieces)


def test_every_verb_takes_every_length() -> None:
    net = opened(reader(1, True, "max"))
    a, b = sequences(7)
    region = net.region(a)
    assert bool(region.contains(a[None]))
    segment = net.segment(a, b)
    half = segment.logits_at(torch.tensor([0.5], dtype=torch.float64))
    assert torch.allclose(half, net.original(((a + b) / 2)[None]))
    window = net.slice(a, b - a, torch.ones_like(a), 0.05)
    assert window.covered == pytest.approx(1)
    found = net.counterfactual(a, bounds=None)
    assert int(net.original(found.point).argmax()) != int(net.original(a[None]).argmax())
    assert net.readout(a[None], torch.tensor([[1.0, -1, 0]])).weight.shape == (1, 1, 7, WIDTH)
    assert "(any, 5) -> 3" in repr(net)


def test_unrolled_loops_keep_their_length() -> None:
    class Loop(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = nn.RNNCell(WIDTH, HIDDEN, nonlinearity="relu")
            self.slope = nn.PReLU()

        def forward(self, x: Tensor) -> Tensor:
            state = x.new_zeros(x.shape[0], HIDDEN)
            for t in range(x.shape[1]):
                state = F.hardtanh(F.leaky_relu(self.slope(self.cell(x[:, t], state))), -1, 1)
            return state

    net = openbox.capture(Loop().double(), sequences(4))
    assert net.linearize(sequences(4)).error.max() <= 1e-12
    with pytest.raises(openbox.InputError, match=r"expected \(N, 4, 5\)"):
        net.linearize(sequences(5))


class Written(nn.Module):
    """A recurrent layer whose forward is given."""

    def __init__(self, forward: Callable[[nn.Module, Tensor], Tensor], layer: nn.Module) -> None:
        super().__init__()
        self.layer, self._written = layer, forward

    def forward(self, x: Tensor) -> Tensor:
        return self._written(self.layer, x)


def rnn(layers: int = 1, dropout: float = 0.0, nonlinearity: str = "relu") -> nn.RNN:
    return nn.RNN(WIDTH, HIDDEN, layers, nonlinearity, batch_first=True, dropout=dropout)


def _packed(layer: nn.Module, x: Tensor) -> Tensor:
    lengths = torch.full((x.shape[0],), x.shape[1])
    return layer(pack_padded_sequence(x, lengths, batch_first=True))[1][-1]


REFUSED = {
    "packed": (_packed, rnn(), r"packs its sequences .* one length at a time"),
    "dropout": (lambda m, x: m(x)[1][-1], rnn(2, dropout=0.5).train(), r"call model.eval\(\)"),
    "tanh": (lambda m, x: m(x)[0], rnn(nonlinearity="tanh"), "tanh is curved"),
    "lstm": (lambda m, x: m(x)[0], nn.LSTM(WIDTH, HIDDEN, batch_first=True), "multiply values that depend"),
    "gru": (lambda m, x: m(x)[0], nn.GRU(WIDTH, HIDDEN, batch_first=True), "multiply values that depend"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_piecewise_linear_is_refused_in_its_own_name(name: str) -> None:
    forward, layer, message = REFUSED[name]
    layer.train(name == "dropout")
    with pytest.raises(openbox.OpenBoxError, match=message) as caught:
        openbox.capture(Written(forward, layer), torch.zeros(2, 4, WIDTH))
    assert "frozen" not in str(caught.value)  # not promised before it is there


def test_another_way_at_another_length_is_noticed() -> None:
    def forward(layer: nn.Module, x: Tensor) -> Tensor:
        states, last = layer(x)
        return last[-1] if x.shape[1] > 8 else states.mean(1)

    net = openbox.capture(Written(forward, rnn()), torch.zeros(2, 4, WIDTH))
    assert net.linearize(torch.ones(2, 7, WIDTH)).error.max() < 1e-5
    with pytest.raises(openbox.CaptureError, match="does something else"):
        net.linearize(torch.ones(2, 9, WIDTH))


def test_a_sequence_that_does_not_fit_is_refused() -> None:
    net = opened(reader(1, False, "mean"))
    for shape in ((2, 0, WIDTH), (2, 4, WIDTH + 1), (4,), (2, 2, 4, WIDTH)):
        with pytest.raises(openbox.InputError, match=r"expected \(N, any, 5\)"):
            net.linearize(torch.zeros(shape).double())
    with pytest.raises(openbox.InputError, match=r"expected \(any, 5\)"):
        net.at((3, 6))
    short = Written(lambda m, x: m(F.avg_pool1d(x.transpose(1, 2), 3).transpose(1, 2))[1][-1], rnn())
    with pytest.raises(openbox.InputError, match="does not take an input of shape"):
        openbox.capture(short, torch.zeros(2, 6, WIDTH)).linearize(torch.zeros(2, 2, WIDTH))
