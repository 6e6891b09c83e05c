"""``Entry``: one line of the table of explainers."""

from dataclasses import dataclass

from openbox.explainers.families import FAMILIES, Role

CONTRIBUTION = "logits"
SLOPE = "logits per unit of the pixel"


@dataclass(frozen=True)
class Entry:
    """One explainer: its title, what its values are, and where its code is.

    ``signed`` maps have negative values where something opposes the target. ``implementation`` is
    "module:name" below this package, ``settings`` the name of its settings class there, if any.
    ``revision`` is raised when its maps change, so that stored maps are not taken for new ones.
    ``family`` is a key of ``FAMILIES``. ``opens``: it captures the network, so the network must be piecewise
    linear. ``against_others``: its maps explain the logit of a class minus the mean of the others
    (``exact.pieces.decision_rows``), otherwise the logit.
    """

    title: str
    summary: str
    signed: bool
    unit: str
    implementation: str
    family: str
    settings: str | None = None
    revision: int = 1
    against_others: bool = False
    opens: bool = False

    @property
    def role(self) -> Role:
        """The role of its family in a comparison."""
        return FAMILIES[self.family].role
