"""Square brackets, index tensors, and writing into parts."""

import torch
from torch import Tensor
from torch.nn import functional as F

from cases.case import Case, Function, through

PLACES = torch.tensor([3, 0, 0, 2, -1])
ROWS, COLUMNS = torch.tensor([[0, 2], [1, 1]]), torch.tensor([3, 0])
MASK = torch.tensor([True, False, True, True])


def _gather(m: Function, x: Tensor) -> Tensor:
    index = torch.tensor([[[2, 0], [1, 1], [3, 0]]], device=x.device).expand(x.shape[0], -1, -1)
    return F.relu(x).gather(2, index) + torch.gather(x, 1, index[:, :, :2] % 3)


def _write(x: Tensor) -> Tensor:
    y = x.clone()
    y[:, 0] = 0
    y[:, 1:3] += 1
    y[:, 2, ::2] = x[:, 0, 1::2] * 2
    y[..., -1] *= 3
    return F.relu(y - 0.5)


def _write_by_index(x: Tensor) -> Tensor:
    y = F.relu(x).clone()
    y[:, ROWS[1].to(x.device), COLUMNS.to(x.device)] = 0.5
    y[:, :, MASK.to(x.device)] = -x[:, :, 1:]
    return y


def _write_through_a_view(x: Tensor) -> Tensor:
    y = x.clone()
    part = y[:, 1]
    part.mul_(2).sub_(1)
    y.select(2, 0).add_(x[:, :, 1])
    y.view(-1, 12)[:, 5].zero_()
    F.relu(y[:, 2], inplace=True)
    return y


def _write_into_constants(x: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    y = y + 0 * x
    y[:, 1:] = F.relu(x[:, :-1])
    return y


TABLE: dict[str, Case] = {
    "added at an index": through(
        lambda x: F.relu(x).index_add(1, torch.tensor([0, 2, 0], device=x.device), x, alpha=2), 3, 4),
    "slices with steps": through(lambda x: F.relu(x)[:, ::2, 1::2] - x[:, :2, :2], 3, 4),
    "negative indices": through(lambda x: F.relu(x)[:, -1] - x[:, -2, :] + x[:, -3:-1].sum(1), 3, 4),
    "ellipsis and new axes": through(lambda x: F.relu(x[..., None, 1:3] - x[:, None, ..., :2]), 3, 4),
    "index tensor": through(lambda x: F.relu(x)[:, :, PLACES], 3, 4),
    "two index tensors": through(lambda x: F.relu(x)[:, ROWS, COLUMNS], 3, 4),
    "list of indices": through(lambda x: F.relu(x)[:, [2, 0, 0]], 3, 4),
    "mask as an index": through(lambda x: F.relu(x)[:, :, MASK], 3, 4),
    "integer and index tensor": through(lambda x: F.relu(x)[:, 1, PLACES] + x[:, 0, 0, None], 3, 4),
    "index_select": through(lambda x: torch.index_select(F.relu(x), 2, PLACES[:4].to(x.device)), 3, 4),
    "narrow and select": through(lambda x: F.relu(x).narrow(1, 1, 2) - x.select(1, 0)[:, None], 3, 4),
    "gather": Case(lambda: Function(_gather), (3, 4)),
    "written slices": through(_write, 3, 4),
    "written by index": through(_write_by_index, 3, 4),
    "written through a view": through(_write_through_a_view, 3, 4),
    "written shift": through(_write_into_constants, 3, 4),
}  # fmt: skip
