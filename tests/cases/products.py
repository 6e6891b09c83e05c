"""Products with constant matrices, sums and means along axes."""

import torch
from torch import Tensor
from torch.nn import functional as F

from cases.case import Case, Function, through


def _constant_first(m: Function, x: Tensor) -> Tensor:
    return F.relu(torch.matmul(m.matrix.T, x)) @ m.vector[:3]


def _baddbmm(m: Function, x: Tensor) -> Tensor:
    matrix = m.matrix.expand(x.shape[0], 6, 5)
    hidden = torch.baddbmm(m.matrix[:2], F.relu(x), matrix, beta=0.5, alpha=2)
    return F.relu(torch.baddbmm(hidden, x, matrix))


def _addmm(m: Function, x: Tensor) -> Tensor:
    return F.relu(torch.addmm(x[:, :5], x, m.matrix, beta=2, alpha=-0.5))


def _vectors(m: Function, x: Tensor) -> Tensor:
    return torch.stack((torch.mv(F.relu(x), m.vector), x.mv(m.vector) + 1, x @ m.vector), 1)


def _four_axes(m: Function, x: Tensor) -> Tensor:
    return F.relu(torch.matmul(x, m.matrix[:3, :2]) - 0.25)


TABLE: dict[str, Case] = {
    "constant matrix from the left": Case(lambda: Function(_constant_first), (6, 3)),
    "matrix of images": Case(lambda: Function(_four_axes), (2, 2, 3)),
    "baddbmm": Case(lambda: Function(_baddbmm), (2, 6)),
    "addmm of a value": Case(lambda: Function(_addmm), (6,)),
    "matrix times vector": Case(lambda: Function(_vectors), (6,)),
    "linear of a sequence": Case(
        lambda: Function(lambda m, x: F.linear(F.relu(x), m.matrix, m.vector)), (3, 5)),
    "einsum": Case(
        lambda: Function(lambda m, x: F.relu(torch.einsum("nci,ij->njc", x, m.matrix))), (2, 6)),
    "einsum of a sum": Case(
        lambda: Function(lambda m, x: torch.einsum("ij,ncij,i->nc", m.matrix, F.relu(x), m.vector)),
        (2, 6, 5)),
    "einsum of a diagonal": through(lambda x: torch.einsum("nii->ni", F.relu(x)), 3, 3),
    "sums": through(lambda x: F.relu(x.sum(-1) - 1) + x.sum((1, 2), keepdim=True)[:, 0], 3, 4),
    "means": through(lambda x: F.relu(x.mean(1)) + torch.mean(x, (-1, -2), keepdim=True)[:, 0], 3, 4),
    "trapezoid": through(lambda x: torch.trapezoid(F.relu(x), dim=1), 3, 4),
    "addmv": Case(
        lambda: Function(lambda m, x: torch.addmv(F.relu(x)[:, 0], x, m.vector).unsqueeze(1)), (6,)),
    "cumsum": through(lambda x: torch.cumsum(F.relu(x), 1) + x.cumsum(-1), 3, 4),
}  # fmt: skip
