"""``Architecture``: a network by its settings, spelled as one word, such as ``conv(width=16)``."""

import re
from dataclasses import dataclass, fields

from openbox.errors import InputError

KINDS = ("conv", "dense", "linear")
POOLINGS = ("max", "average", "strided")
_WORD = re.compile(r"(\w+)(?:\((.*)\))?")


@dataclass(frozen=True)
class Architecture:
    """``depth`` stages, then one linear layer.

    A stage of ``conv`` is a 3x3 convolution, batch norm if ``norm``, ReLU, and ``pooling`` by two; the first
    has ``width`` channels, each further one twice as many. A stage of ``dense`` is a linear layer of
    ``width`` units, batch norm if ``norm``, ReLU. ``linear`` has no stages: logistic regression.
    ``dropout`` before the last layer, a share; ``raw``: pixels in [0, 1] as they are, not standardised.
    """

    kind: str
    width: int = 8
    depth: int = 2
    pooling: str = "max"
    norm: bool = True
    dropout: float = 0.0
    raw: bool = False

    def __post_init__(self) -> None:
        """Raises ``InputError`` for what cannot be built."""
        if self.kind not in KINDS:
            raise InputError(f"architecture: kind {self.kind!r}; pass one of {', '.join(KINDS)}")
        if self.pooling not in POOLINGS:
            raise InputError(f"architecture: pooling {self.pooling!r}; pass one of {', '.join(POOLINGS)}")
        for name in ("norm", "raw"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"architecture: {name} is {getattr(self, name)!r}; pass true or false")
        for name in ("width", "depth"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 4096:
                raise InputError(f"architecture: {name} is {value!r}; pass a whole number from 1 to 4096")
        if not isinstance(self.dropout, int | float) or not 0 <= self.dropout < 1:
            raise InputError(f"architecture: dropout is {self.dropout!r}; pass a share from 0 to below 1")

    @property
    def word(self) -> str:
        """The kind, and every setting that is not a default; ``read`` takes it."""
        said = [
            f"{field.name}={_spelled(value)}"
            for field in fields(self)
            if field.name != "kind" and (value := getattr(self, field.name)) != field.default
        ]
        return f"{self.kind}({','.join(said)})" if said else self.kind

    @classmethod
    def read(cls, word: str) -> "Architecture | None":
        """The architecture that a word spells; None for a word of another kind. Raises ``InputError``."""
        found = _WORD.fullmatch(word)
        if found is None or found[1] not in KINDS:
            return None
        known = {field.name: field.type for field in fields(cls)}
        settings: dict[str, object] = {}
        for part in (found[2] or "").split(",") if found[2] else ():
            name, _, value = part.partition("=")
            if name not in known or name == "kind":
                raise InputError(f"architecture {word!r}: no setting {name!r}; known: {', '.join(known)}")
            settings[name] = _value(value)
        return cls(found[1], **settings)  # pyright: ignore[reportArgumentType]


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(text: str) -> object:
    if text in {"true", "false"}:
        return text == "true"
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return text
