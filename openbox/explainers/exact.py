"""The exact explainers: contributions ``w * x``, weights ``w`` and decision features ``D``."""

from torch import Tensor, nn

from openbox.capture import capture
from openbox.explainers.explanation import Maps, Receipt
from openbox.linearize import LinearPiece

MODEL_CALLS = 4  # record, one backward pass, replay at zero, the module itself for the certificate


class Contributions:
    """``w * x`` of the score's own linear piece: the parts of an exact sum."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        piece = self.net.readout(x, coefficients[:, None])
        return Maps(piece.weight[:, 0] * x, _receipt("sum(w*x) + b = score", piece, x), MODEL_CALLS)


class Weights:
    """``w``, the gradient of the score inside the region."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        piece = self.net.readout(x, coefficients[:, None])
        return Maps(piece.weight[:, 0], _receipt("sum(w*x) + b = score", piece, x), MODEL_CALLS)


class DecisionFeatures:
    """``D_c = sum_{k != c} (W_c - W_k) / (K - 1)`` (Chu et al. 2018, section 4.3), for one backward pass.

    For a score that already is a contrast of logits, ``D`` is its weight.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        outputs = coefficients.shape[1]
        is_contrast = coefficients.sum(1, keepdim=True) == 0
        others = coefficients - coefficients.mean(1, keepdim=True)
        rows = coefficients.where(is_contrast, others * (outputs / max(1, outputs - 1)))
        piece = self.net.readout(x, rows[:, None])
        claim = "sum(D*x) + b = score minus the mean of the other logits"
        return Maps(piece.weight[:, 0], _receipt(claim, piece, x), MODEL_CALLS)


def _receipt(claim: str, piece: LinearPiece, x: Tensor) -> Receipt:
    return Receipt(
        claim,
        {
            "sum": (piece.weight[:, 0] * x).flatten(1).sum(1),
            "bias": piece.bias[:, 0],
            "score": piece.logits[:, 0],
            "error": piece.error,
        },
    )
