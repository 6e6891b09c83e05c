"""``Shard``: the unit of work: some images, one network, one method; and how a study is cut into them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ...scores.table import SCORES
from .study import Measure, MethodConfig, Study, digest, plain


@dataclass(frozen=True)
class Shard:
    """``first`` and ``count`` are places in the study's order of the test images."""

    dataset: str
    model: str
    model_seed: int
    method: MethodConfig
    explainer_seed: int
    first: int
    count: int
    scores: tuple[Measure, ...]

    def __str__(self) -> str:
        network = f"{self.dataset} {self.model}-{self.model_seed}"
        last = self.first + self.count - 1
        return f"{network}, {self.method.name}-{self.explainer_seed}, images {self.first}-{last}"


def cut(study: Study) -> Iterator[Shard]:
    """All shards: the first images of every network by every method, then the next ones."""
    most = max(network.images for network in study.networks)
    for first in range(0, most, study.shard_images):
        for network in study.networks:
            count = min(study.shard_images, network.images - first)
            for model_seed in network.model_seeds if count > 0 else ():
                for method in study.methods:
                    for seed in study.explainer_seeds:
                        scores = tuple(m for m in study.scores if not m.images or first < m.images)
                        yield Shard(
                            network.dataset, network.model, model_seed, method, seed, first, count, scores
                        )


def maps_key(study: Study, shard: Shard, weights_sha: str) -> str:
    """The content hash of a shard's maps: everything that decides their values."""
    return digest(
        {
            "weights": weights_sha,
            "data": shard.dataset,
            "draw": [study.seed, study.references, study.target],
            "method": [shard.method.name, plain(shard.method.settings), shard.explainer_seed],
            "revision": study.revision(shard.method),
            "images": [shard.first, shard.count],
        }
    )


def score_key(study: Study, shard: Shard, measure: Measure, weights_sha: str) -> str:
    """The content hash of the rows of one score of a shard."""
    return digest(
        {
            "maps": maps_key(study, shard, weights_sha),
            "score": [measure.name, plain(measure.settings), SCORES[measure.name].revision],
            "images": images_of(shard, measure),
            "batch": study.batch,
        }
    )


def images_of(shard: Shard, measure: Measure) -> int:
    """How many of the shard's images a score is asked about."""
    return min(shard.count, measure.images - shard.first) if measure.images else shard.count


def image_seeds(study: Study, dataset: str, places: list[int]) -> tuple[int, ...]:
    """One seed for each image, a hash of the study's seed and the image: alike for every method."""
    words = [f"{study.seed}/{dataset}/{place}".encode() for place in places]
    return tuple(int.from_bytes(hashlib.blake2b(word, digest_size=6).digest(), "big") for word in words)
