"""``Plain``: a module made of one function."""

from collections.abc import Callable

from torch import Tensor, nn


class Plain(nn.Module):
    """A module whose forward is a plain function."""

    def __init__(self, function: Callable[[Tensor], object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> object:
        return self.function(x)
