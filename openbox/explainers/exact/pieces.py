"""What the exact explainers share: one linear piece of a score, and the receipt that proves it."""

from torch import Tensor

from openbox.explainers.explanation import Receipt
from openbox.linearize import LinearPiece
from openbox.network import PiecewiseLinearNetwork

MODEL_CALLS = 2  # one recorded forward and one backward pass; the receipt's two passes are no part of a map


def open_score(net: PiecewiseLinearNetwork, x: Tensor, rows: Tensor) -> LinearPiece:
    """The piece of ``rows . f`` around each x: weight (N, 1, *input_shape); rows (N, K)."""
    return net.readout(x, rows[:, None])


def decision_rows(coefficients: Tensor) -> Tensor:
    """The score less the mean of the other logits, (N, K); a contrast of logits stays as it is."""
    outputs = coefficients.shape[1]
    is_contrast = coefficients.sum(1, keepdim=True) == 0
    others = coefficients - coefficients.mean(1, keepdim=True)
    return coefficients.where(is_contrast, others * (outputs / max(1, outputs - 1)))


def receipt(claim: str, piece: LinearPiece, x: Tensor) -> Receipt:
    """The sum, the bias, the module's own score and the error of the piece at x."""
    return Receipt(
        claim,
        {
            "sum": (piece.weight[:, 0] * x).flatten(1).sum(1),
            "bias": piece.bias[:, 0],
            "score": piece.logits[:, 0],
            "error": piece.error,
        },
    )
