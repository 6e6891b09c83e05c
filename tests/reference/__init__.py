"""The slow oracle: any module run on explicit dense affine maps, in NumPy and float64, with plain loops.

It shares no code with the library: no export, no autograd, no gather, no convolution of PyTorch's.
"""

from reference import (
    arithmetic,
    comparisons,
    convolutions,
    gates,
    indexing,
    maxima,
    norms,
    patches,
    pools,
    products,
    recurrent,
    resampling,
    selections,
    shapes,
)
from reference.dense import HANDLERS, Opened, open_by_hand

PARTS = (  # importing them fills HANDLERS
    arithmetic, comparisons, convolutions, gates, indexing, maxima, norms, patches, pools, products,
    recurrent, resampling, selections, shapes,
)  # fmt: skip

__all__ = ["HANDLERS", "PARTS", "Opened", "open_by_hand"]
