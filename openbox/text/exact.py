"""The exact methods: ``W x + b`` of a title's piece, or of many, summed over the features of a word.

All in float64, whatever the precision of the network, so that the certificate measures the pieces.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from openbox.explainers.exact.integrated_gradients import integrated_maps
from openbox.explainers.exact.pieces import MODEL_CALLS, decision_rows
from openbox.explainers.explanation import Receipt
from openbox.text.explanation import TokenMaps
from openbox.text.query import Query
from openbox.text.surrogate import AffineTokens, TokenSurrogate, affine_tokens

DROPOUTS = 64
DROPPED = 0.15  # of the words, as in training


def contributions(query: Query) -> TokenMaps:
    """``sum_e W[t, e] x[t, e]`` for each word t and every class: with the bias, they add up to the score."""
    x, rows = query.x.double(), query.rows.double()
    piece = query.reader.net.linearize(x)
    by_class = (piece.weight * x[:, None]).sum(-1)
    values, bias, score = (_of_score(rows, part) for part in (by_class, piece.bias, piece.logits))
    surrogates = affine_tokens(_of_score(rows, piece.weight), bias)
    return _summing("sum(W x) + b = score", values, bias, score, piece.error, by_class, surrogates)


def against_unknown(query: Query) -> TokenMaps:
    """``sum_e W[t, e] (x[t, e] - u[e])``: what each word adds on the piece to that of an unknown word u."""
    x, rows = query.x.double(), query.rows.double()
    unknown = query.reader.unknown.double()
    piece = query.reader.net.linearize(x)
    by_class = (piece.weight * (x - unknown)[:, None]).sum(-1)
    base = (piece.weight * unknown).sum((-2, -1)) + piece.bias
    values, bias, score = (_of_score(rows, part) for part in (by_class, base, piece.logits))
    surrogates = affine_tokens(_of_score(rows, piece.weight), _of_score(rows, piece.bias))
    claim = "sum(W (x - u)) + what the piece says of unknown words alone = score"
    return _summing(claim, values, bias, score, piece.error, by_class, surrogates)


def decision_features(query: Query) -> TokenMaps:
    """The contributions to a class's logit minus the mean of the others (Chu et al. 2018, section 4.3)."""
    x, rows = query.x.double(), decision_rows(query.rows.double())
    piece = query.reader.net.readout(x, rows[:, None])
    values = (piece.weight[:, 0] * x).sum(-1)
    claim = "sum(D x) + b = score minus the mean of the other logits"
    return _summing(claim, values, piece.bias[:, 0], piece.logits[:, 0], piece.error)


def dropouts(query: Query) -> TokenMaps:
    """The same against the unknown word, averaged over ``DROPOUTS`` titles with words dropped at random.

    The mean over i of ``W_i (x - u)``, W_i the piece of the i-th title. All titles of a length are dropped
    from at the same places.
    """
    unknown, found = query.reader.unknown.double(), list[tuple[Tensor, Tensor]]()
    surrogates: list[AffineTokens] = []
    generator = query.generator("openbox_dropouts")
    length = query.x.shape[1]
    dropped = torch.rand(DROPOUTS, length, 1, generator=generator).to(unknown.device) < DROPPED
    for x, row in zip(query.x.double(), query.rows.double(), strict=True):
        points = torch.where(dropped, unknown, x)
        piece = query.reader.net.readout(points, row.expand(DROPOUTS, 1, -1))
        values = (piece.weight[:, 0].mean(0) * (x - unknown)).sum(-1)
        answers = (piece.weight[:, 0] * points).sum((-2, -1)) + piece.bias[:, 0]
        numbers = torch.stack((answers.mean(), piece.logits.mean(), piece.error.max()))
        found.append((values, numbers))
        surrogates.append(AffineTokens(piece.weight[:, 0].mean(0), float(piece.bias.mean())))
    values, numbers = (torch.stack(parts) for parts in zip(*found, strict=True))
    claim = "mean(W_i p_i + b_i) = mean score of the titles p_i with words dropped"
    receipt = Receipt(claim, dict(zip(("average", "score", "error"), numbers.unbind(1), strict=True)))
    return TokenMaps(values, receipt, MODEL_CALLS * DROPOUTS, surrogates=surrogates)


def integrated(query: Query) -> TokenMaps:
    """Integrated gradients from the title of unknown words, without a quadrature."""
    x, net = query.x.double(), query.reader.net
    maps = integrated_maps(net, query.reader.unknown.double().expand(x.shape[1:]), x, query.rows)
    numbers = maps.receipt.numbers
    logits = net.original(x).abs().amax(1)
    error = numbers["gap"].abs() / logits.clamp(min=torch.finfo(logits.dtype).tiny)
    return TokenMaps(maps.values.sum(-1), maps.receipt, maps.model_calls, numbers["base"], error)


def _of_score(rows: Tensor, values: Tensor) -> Tensor:
    """``rows`` (N, K) of values (N, K, ...)."""
    return torch.einsum("nk,nk...->n...", rows, values)


def _summing(
    claim: str, values: Tensor, bias: Tensor, score: Tensor, error: Tensor,
    by_class: Tensor | None = None, surrogates: Sequence[TokenSurrogate] | None = None,
) -> TokenMaps:  # fmt: skip
    numbers = {"sum": values.sum(1), "bias": bias, "score": score, "error": error}
    return TokenMaps(values, Receipt(claim, numbers), MODEL_CALLS, bias, error, by_class, surrogates)
