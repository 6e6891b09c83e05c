"""``decision_features``: the slope of a class against the mean of the others (Chu et al. 2018)."""

from torch import Tensor, nn

from openbox.capture import capture
from openbox.explainers.exact import MODEL_CALLS, decision_rows, open_score, receipt
from openbox.explainers.explanation import Maps


class DecisionFeatures:
    """``D_c = sum_{k != c} (W_c - W_k) / (K - 1)`` (KDD 2018, section 4.3), for one backward pass.

    For a score that already is a contrast of logits, ``D`` is its weight.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings  # exact: there is nothing to draw or to set
        self.net = capture(model, example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        piece = open_score(self.net, x, decision_rows(coefficients))
        claim = "sum(D*x) + b = score minus the mean of the other logits"
        return Maps(piece.weight[:, 0], receipt(claim, piece, x), MODEL_CALLS)
