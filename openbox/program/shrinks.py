"""Names that survive the export: PyTorch dissolves these operations whatever it is asked to keep.

``torch.export`` keeps the operations of ``openbox.program.rules`` as they are, but softshrink and hardshrink
are decomposed below its decomposition table, and gates and messages would lose their names.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.library import custom_op

aten = torch.ops.aten


@custom_op("openbox::softshrink", mutates_args=())
def softshrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """``torch.nn.functional.softshrink`` as one operation."""
    return aten.softshrink(x, threshold)


@custom_op("openbox::hardshrink", mutates_args=())
def hardshrink(x: Tensor, threshold: float = 0.5) -> Tensor:
    """``torch.nn.functional.hardshrink`` as one operation."""
    return aten.hardshrink(x, threshold)


@softshrink.register_fake
def _(x: Tensor, threshold: float = 0.5) -> Tensor:
    del threshold
    return torch.empty_like(x)


@hardshrink.register_fake
def _(x: Tensor, threshold: float = 0.5) -> Tensor:
    del threshold
    return torch.empty_like(x)


SURVIVING: dict[Callable[..., Any], Callable[..., Any]] = {
    aten.softshrink.default: torch.ops.openbox.softshrink.default,
    aten.hardshrink.default: torch.ops.openbox.hardshrink.default,
}
