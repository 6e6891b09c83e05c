"""``Query``: what a method of the table is asked, about titles of one length."""

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.text.open_reader import OpenReader, Words


@dataclass(frozen=True, eq=False)
class Query:
    """Explain the scores ``rows . f``, rows (N, K), of N ``titles`` of T words each; x (N, T, E) float32."""

    reader: OpenReader
    titles: list[Words]
    x: Tensor
    rows: Tensor
    seed: int

    def generator(self, method: str, title: Words = ()) -> torch.Generator:
        """A CPU generator, the same for the same title (or for all), whatever else is asked."""
        return torch.Generator().manual_seed(self.seed_of(method, title))

    def seed_of(self, method: str, title: Words = ()) -> int:
        """32 bits by the seed of the run, the method and the title."""
        text = f"{self.seed}/{method}/{' '.join(title)}"
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")

    def scores(self, number: int, titles: list[Words]) -> Tensor:
        """(n,) the score that is asked about title ``number``, of other titles of any lengths; float64."""
        return self.reader.logits(titles).double() @ self.rows[number].double()

    def own_scores(self) -> Tensor:
        """(N,) the scores of the titles themselves, float64."""
        return (self.reader.logits(self.titles).double() * self.rows.double()).sum(1)

    def error(self, total: Tensor) -> Tensor:
        """(N,) how far ``total`` (N,) is from the scores, relative to the largest logit."""
        logits = self.reader.logits(self.titles).double()
        gap = ((logits * self.rows.double()).sum(1) - total).abs()
        return gap / logits.abs().amax(1).clamp(min=torch.finfo(torch.float64).tiny)
