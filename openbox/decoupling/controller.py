"""``Controller``: looks at what enters a convolution, and says which of its filters are used."""

import torch
from torch import Tensor, nn

_SQUEEZE = 4  # how much narrower the bottleneck is than the input
_STRETCH = 0.1  # of the relaxed step beyond [0, 1] at both ends, so that it reaches 0 and 1


class Controller(nn.Module):
    """Global average pooling, a small bottleneck, and a step for each filter.

    The pooled values are standardised by a batch norm, which the authors' code has not: without it, masks
    of a network that is trained for a few epochs hardly depend on the input.

    Input (N, C_in, H, W), output the mask (N, C_out): the entries of the *path* that belong to one layer. In
    eval mode it is ``[y > 0]``, so a decoupled network is piecewise linear and OpenBox opens it: each
    comparison is a gate whose margin is ``y``. In training it is relaxed with noise (``relaxed``).
    At first every filter is used: ``y`` begins near 1.
    """

    def __init__(self, inputs: int, filters: int) -> None:
        super().__init__()
        hidden = max(1, inputs // _SQUEEZE)
        self.squeeze, self.relu, self.excite = (
            nn.Linear(inputs, hidden),
            nn.ReLU(),
            nn.Linear(hidden, filters),
        )
        self.norm = nn.BatchNorm1d(inputs, affine=False)
        nn.init.ones_(self.excite.bias)

    def score(self, x: Tensor) -> Tensor:
        """``y`` (N, C_out), which is above 0 where the filter is used."""
        return self.excite(self.relu(self.squeeze(self.norm(x.mean((2, 3))))))

    def forward(self, x: Tensor) -> Tensor:
        y = self.score(x)
        return relaxed(y) if self.training else (y > 0).to(y.dtype)


def relaxed(y: Tensor) -> Tensor:
    """A step with a gradient: of ``g = y + N(0, 1)`` by chance either ``[g > 0]`` or its soft version.

    The soft version is a sigmoid, stretched by a tenth at both ends and cut to [0, 1]; the gradient is always
    its own. The choice is made for each entry (the authors' code makes it for rows of the batch).
    """
    g = y + torch.randn_like(y)
    soft = ((1 + 2 * _STRETCH) * torch.sigmoid(g) - _STRETCH).clamp(0, 1)
    hard = soft + ((g > 0).to(y.dtype) - soft).detach()
    return torch.where(torch.rand_like(y) < 0.5, hard, soft)
