"""One table of networks and inputs; every law runs over all of it, and every rule must occur in it."""

from cases import (
    comparisons,
    constants,
    convolutions,
    gates,
    indexing,
    maxima,
    networks,
    norms,
    pools,
    products,
    resampling,
    sequences,
    shapes,
)
from cases.case import GENERIC, Case

CASES: dict[str, Case] = {}
for _part in (networks, convolutions, norms, pools, resampling, constants, products, shapes, indexing,
              gates, maxima, comparisons, sequences):  # fmt: skip
    _again = CASES.keys() & _part.TABLE.keys()
    assert not _again, f"{_part.__name__} names cases again: {_again}"
    CASES.update(_part.TABLE)

__all__ = ["CASES", "GENERIC", "Case"]
