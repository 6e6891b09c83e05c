"""``Mutant``: one plausible mistake, as a text of the sources and what stands there instead."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Near:
    """Tests that are tried first: a file, and of it those that pytest's ``-k`` selects."""

    path: str
    only: str = ""

    @property
    def options(self) -> list[str]:
        """As pytest's arguments."""
        return [self.path, *(["-k", self.only] if self.only else [])]


@dataclass(frozen=True)
class Mutant:
    """``old`` occurs once in ``file`` and is replaced by ``new``; ``near`` should see it, for little time."""

    name: str
    family: str
    file: str
    old: str
    new: str
    near: tuple[Near, ...]

    @property
    def digest(self) -> str:
        """Of the change itself: a result of another change is not taken for this one's."""
        return hashlib.sha256("\0".join((self.file, self.old, self.new)).encode()).hexdigest()[:12]

    def changed(self, root: Path) -> str:
        """The whole file below ``root`` with the mistake in it. Raises ``ValueError``."""
        text = (root / self.file).read_text()
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: {self.file} has {self.old!r} {found} times, not once")
        return text.replace(self.old, self.new)
