"""Networks over time: recurrent cells, time first, and time folded into the batch."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function

SEQUENCE = (4, 3)  # steps, features


def _time_first(m: Function, x: Tensor) -> Tensor:
    outputs, _ = m.get_submodule("rnn")(x.transpose(0, 1))
    return m.last(outputs[-1])


def _batch_first(m: Function, x: Tensor) -> Tensor:
    outputs, final = m.get_submodule("rnn")(x)
    return m.last(torch.cat((outputs.mean(1), final[-1]), 1))


def _cell(m: Function, x: Tensor) -> Tensor:
    state = torch.zeros(x.shape[0], 4, dtype=x.dtype, device=x.device)
    for step in x.transpose(0, 1).unbind(0):
        state = F.relu(m.get_submodule("fed")(step) + m.get_submodule("kept")(state))
    return m.last(state)


def _cell_module(m: Function, x: Tensor) -> Tensor:
    state = F.relu(x[:, 0] @ m.matrix[:3, :4])
    for t in range(1, x.shape[1]):
        state = m.get_submodule("cell")(x[:, t], state)
    return m.last(state)


def _folded(m: Function, x: Tensor) -> Tensor:
    hidden = F.relu(m.get_submodule("layer")(x.view(-1, x.shape[2])))
    return m.last(hidden.view(x.shape[0], -1))


def _folded_time_first(m: Function, x: Tensor) -> Tensor:
    steps = x.transpose(0, 1)
    hidden = F.relu(m.get_submodule("layer")(steps.reshape(-1, x.shape[2])))
    return m.last(hidden.view(x.shape[1], x.shape[0], -1).transpose(0, 1).flatten(1))


def _gates_time_first(m: Function, x: Tensor) -> Tensor:
    steps = F.relu(m.get_submodule("layer")(x.transpose(0, 1)))
    largest = torch.maximum(steps[1:], steps[:-1]).amax(0)
    return m.last(largest + F.hardtanh(steps, 0, 0.25).sum(0))


def _windows(m: Function, x: Tensor) -> Tensor:
    windows = x.unfold(1, 2, 1).flatten(2)
    return m.last(F.relu(m.get_submodule("layer")(windows)).amax(1))


def _last_state(m: Function, x: Tensor) -> Tensor:
    return m.last(m.get_submodule("rnn")(x)[0][:, -1])


def _behind_a_convolution(m: Function, x: Tensor) -> Tensor:
    features = F.relu(m.get_submodule("conv")(x.transpose(1, 2)))
    return m.last(m.get_submodule("rnn")(features.transpose(1, 2))[0].amax(1))


def _before_a_convolution(m: Function, x: Tensor) -> Tensor:
    states, _ = m.get_submodule("rnn")(x)
    return m.last(F.relu(m.get_submodule("conv")(states.transpose(1, 2))).mean(2))


def _columns(m: Function, x: Tensor) -> Tensor:
    """Reads the columns of an image from left to right."""
    features = F.max_pool2d(F.relu(m.get_submodule("conv")(x)), 2)
    return m.last(m.get_submodule("rnn")(features.flatten(1, 2).transpose(1, 2))[1][-1])


def _encoded(m: Function, x: Tensor) -> Tensor:
    """The state that the recurrence begins in is made of the input, too."""
    begin = m.get_submodule("fed")(x.mean(1)).unsqueeze(0)
    return m.last(m.get_submodule("rnn")(x[:, :2], begin)[0].flatten(1))


def _rnn(**settings: bool) -> nn.RNN:
    return nn.RNN(3, 4, nonlinearity="relu", **settings)


TABLE: dict[str, Case] = {
    "rnn, time first": Case(
        lambda: Function(_time_first, rnn=_rnn(), last=nn.LazyLinear(3)), SEQUENCE),
    "rnn, batch first": Case(
        lambda: Function(_batch_first, rnn=_rnn(batch_first=True), last=nn.LazyLinear(3)), SEQUENCE),
    "rnn of two layers": Case(
        lambda: Function(_time_first, rnn=nn.RNN(3, 4, 2, nonlinearity="relu"), last=nn.LazyLinear(3)),
        SEQUENCE),
    "rnn both ways": Case(
        lambda: Function(_batch_first, rnn=_rnn(batch_first=True, bidirectional=True, bias=False),
                         last=nn.LazyLinear(3)), SEQUENCE),
    "rnn, last state": Case(
        lambda: Function(_last_state, rnn=_rnn(batch_first=True, bidirectional=True), last=nn.LazyLinear(3)),
        SEQUENCE),
    "rnn behind a convolution": Case(
        lambda: Function(_behind_a_convolution, conv=nn.Conv1d(3, 3, 3, padding=1),
                         rnn=_rnn(batch_first=True), last=nn.LazyLinear(3)), SEQUENCE),
    "rnn before a convolution": Case(
        lambda: Function(_before_a_convolution, rnn=_rnn(batch_first=True),
                         conv=nn.Conv1d(4, 3, 3, padding=1), last=nn.LazyLinear(3)), SEQUENCE),
    "rnn over the columns of an image": Case(
        lambda: Function(_columns, conv=nn.Conv2d(1, 1, 3, padding=1), rnn=_rnn(batch_first=True),
                         last=nn.LazyLinear(3)), (1, 6, 8)),
    "rnn from an encoded state": Case(
        lambda: Function(_encoded, fed=nn.Linear(3, 4), rnn=_rnn(batch_first=True), last=nn.LazyLinear(3)),
        SEQUENCE),
    "recurrent cell by hand": Case(
        lambda: Function(_cell, fed=nn.Linear(3, 4), kept=nn.Linear(4, 4), last=nn.LazyLinear(3)), SEQUENCE),
    "recurrent cell": Case(
        lambda: Function(_cell_module, cell=nn.RNNCell(3, 4, nonlinearity="relu"), last=nn.LazyLinear(3)),
        SEQUENCE),
    "time folded into the batch": Case(
        lambda: Function(_folded, layer=nn.Linear(3, 4), last=nn.LazyLinear(3)), SEQUENCE),
    "time folded before the batch": Case(
        lambda: Function(_folded_time_first, layer=nn.Linear(3, 4), last=nn.LazyLinear(3)), SEQUENCE),
    "gates of all kinds, time first": Case(
        lambda: Function(_gates_time_first, layer=nn.Linear(3, 4), last=nn.LazyLinear(3)), SEQUENCE),
    "windows of time": Case(
        lambda: Function(_windows, layer=nn.Linear(6, 4), last=nn.LazyLinear(3)), SEQUENCE),
}  # fmt: skip
