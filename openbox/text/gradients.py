"""The gradients that PyTorch's own backward pass gives, of the module itself."""

import torch
from torch import Tensor

from openbox.explainers.explanation import Receipt
from openbox.text.explanation import TokenMaps
from openbox.text.query import Query
from openbox.text.surrogate import affine_tokens

_CALLS = 2  # a forward and a backward pass


def gradient(query: Query) -> TokenMaps:
    """The length of the gradient of each word's embedding: how much it matters, not for or against what."""
    return TokenMaps(_gradient(query).norm(dim=-1), Receipt("none", {}), _CALLS)


def gradient_times_input(query: Query) -> TokenMaps:
    """The gradient times the embedding, summed over the features of a word."""
    slope, x = _gradient(query), query.x.double()
    values = (slope * x).sum(-1)
    score = query.own_scores()
    first_order = affine_tokens(slope, score - values.sum(1))  # f(x) + gradient (x' - x)
    return TokenMaps(values, Receipt("none", {}), _CALLS, surrogates=first_order)


def _gradient(query: Query) -> Tensor:
    x = query.x.clone().requires_grad_()
    with torch.enable_grad():
        score = (query.reader.model(x) * query.rows).sum()
        return torch.autograd.grad(score, x)[0].double()
