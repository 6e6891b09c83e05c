"""``openbox_reference``: contributions against the mean of the reference images, parts of an exact sum."""

import torch
from torch import Tensor, nn

from openbox.explainers.exact.pieces import MODEL_CALLS, open_score
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.surrogate import of_piece
from openbox.opening import capture


class Reference:
    """``w * (x - z)`` of the score's own linear piece, z the mean image of the example batch.

    The piece is exact at x; what it says of z is ``g(z) = w z + b``, not the network's answer there.
    A batch of one means black.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings  # exact: there is nothing to draw or to set
        self.net = capture(model, example)
        self.baseline = example.mean(0) if len(example) > 1 else torch.zeros_like(example[0])

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        piece = open_score(self.net, x, coefficients)
        values = piece.weight[:, 0] * (x - self.baseline)
        numbers = {
            "sum": values.flatten(1).sum(1),
            "piece at z": piece(self.baseline.expand(x.shape))[:, 0],
            "score": piece.logits[:, 0],
            "error": piece.error,
        }
        claim = Receipt("sum(w*(x - z)) + w*z + b = score", numbers)
        return Maps(values, claim, MODEL_CALLS, surrogate=of_piece(piece, coefficients))
