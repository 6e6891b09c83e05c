"""``decision_features``: the slope of a class against the mean of the others (Chu et al. 2018)."""

from torch import Tensor, nn

from openbox.explainers.exact.pieces import MODEL_CALLS, decision_rows, open_score, receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.surrogate import of_piece
from openbox.opening import capture


class DecisionFeatures:
    """``D_c = sum_{k != c} (W_c - W_k) / (K - 1)`` (KDD 2018, section 4.3), for one backward pass.

    For a score that already is a contrast of logits, ``D`` is its weight.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings  # exact: there is nothing to draw or to set
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        rows = decision_rows(coefficients)
        piece = open_score(self.net, x, rows)
        claim = receipt("sum(D*x) + b = score minus the mean of the other logits", piece, x)
        return Maps(piece.weight[:, 0], claim, MODEL_CALLS, surrogate=of_piece(piece, rows))
