"""The one table of explainers of titles; a method's file is imported when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from openbox.explainers.families import Role
from openbox.text.explanation import TokenMaps
from openbox.text.query import Query


@dataclass(frozen=True)
class TextEntry:
    """One method: its title, what its values are, and where its code is.

    ``implementation`` is "module:function" in this package. Of ``signed`` ones a negative value opposes the
    target. ``role`` as in ``Family``. ``against_others``: what is explained is the logit of a class minus the
    mean of the others. ``revision`` is raised when its values change.
    """

    title: str
    summary: str
    signed: bool
    unit: str
    implementation: str
    role: Role
    against_others: bool = False
    revision: int = 1

    @property
    def method(self) -> Callable[[Query], TokenMaps]:
        """The function that computes it."""
        module, name = self.implementation.split(":")
        return getattr(import_module(f"openbox.text.{module}"), name)


_LOGITS = "logits"

TEXT_EXPLAINERS: dict[str, TextEntry] = {
    "openbox": TextEntry(
        "OpenBox", "exact contributions W x of each word", True, _LOGITS, "exact:contributions", "exact"
    ),
    "openbox_unknown": TextEntry(
        "OpenBox against unknown", "exact contributions W (x - u) against the unknown word u", True, _LOGITS,
        "exact:against_unknown", "exact",
    ),
    "decision_features": TextEntry(
        "Decision features", "exact contributions against the mean of the other classes", True, _LOGITS,
        "exact:decision_features", "exact", against_others=True,
    ),
    "openbox_dropouts": TextEntry(
        "OpenBox, word dropouts", "W (x - u), averaged over the pieces of titles with words dropped", True,
        _LOGITS, "exact:dropouts", "exact",
    ),
    "integrated_gradients": TextEntry(
        "Integrated gradients, exact", "W (x - u), integrated on the way from unknown words", True, _LOGITS,
        "exact:integrated", "exact",
    ),
    "lime": TextEntry(
        "LIME", "local surrogate on titles with words made unknown", True, _LOGITS, "lime:lime", "rival"
    ),
    "shap_partition": TextEntry(
        "SHAP (partition)", "Owen values against unknown words", True, _LOGITS,
        "partition_shap:partition_shap", "rival",
    ),
    "gradient": TextEntry(
        "Gradient", "length of the gradient of a word's embedding", False, "logits per unit of the embedding",
        "gradients:gradient", "rival",
    ),
    "gradient_x_input": TextEntry(
        "Gradient x input", "PyTorch's gradient times the embedding", True, _LOGITS,
        "gradients:gradient_times_input", "rival",
    ),
    "occlusion_delete": TextEntry(
        "Occlusion (delete)", "what the score loses without the word", True, _LOGITS,
        "occlusion:occlusion_delete", "rival",
    ),
    "occlusion_unknown": TextEntry(
        "Occlusion (unknown)", "what the score loses with an unknown word in its place", True, _LOGITS,
        "occlusion:occlusion_unknown", "rival",
    ),
    "random": TextEntry("Random", "standard normal noise", True, "arbitrary", "baselines:random", "baseline"),
    "word_length": TextEntry(
        "Word length", "number of characters", False, "characters", "baselines:word_length", "baseline"
    ),
}  # fmt: skip
