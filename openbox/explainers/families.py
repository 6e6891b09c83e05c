"""The families of explanation, in the order of the survey behind this project, and what each claims."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["exact", "rival", "baseline"]


@dataclass(frozen=True)
class Family:
    """``claim``: what a map of this family says, in a line. ``role``: "exact" is made of exact pieces, a
    "rival" is a published method that they are measured against, a "baseline" knows nothing of the model."""

    title: str
    claim: str
    role: Role = "rival"


FAMILIES: dict[str, Family] = {
    "exact": Family(
        "Exact pieces",
        "what each pixel adds in the network's own affine function, with a certificate",
        "exact",
    ),
    "sensitivity": Family("Sensitivity", "how the score would change with a pixel, not what the pixel gave"),
    "reversal": Family(
        "Reversing the path", "what was active on the way, handed back by rules that are not the derivative's"
    ),
    "paths": Family("Paths and averages", "slopes averaged on the way from other images"),
    "class_maps": Family("Class maps", "where a late layer saw something for the class, a few pixels wide"),
    "perturbation": Family("Perturbation", "how the score changes when parts of the image are hidden"),
    "baseline": Family("Blind baselines", "nothing: these never look at the network", "baseline"),
}
