"""``openbox_weights``: the weights ``w``, the slope of the score inside the region."""

from torch import Tensor, nn

from openbox.explainers.exact.pieces import MODEL_CALLS, open_score, receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.surrogate import of_piece
from openbox.opening import capture


class Weights:
    """``w`` of the score's own linear piece."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings  # exact: there is nothing to draw or to set
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        piece = open_score(self.net, x, coefficients)
        claim = receipt("sum(w*x) + b = score", piece, x)
        return Maps(piece.weight[:, 0], claim, MODEL_CALLS, surrogate=of_piece(piece, coefficients))
