"""The toy that the drawings open: three classes of points in a plane, two hidden layers."""

from functools import cache

import torch
from torch import Tensor, nn

CENTRES = torch.tensor([[-0.6, 0.55], [0.65, 0.35], [-0.1, -0.7]])


@cache
def model() -> nn.Sequential:
    """2 -> 10 -> 10 -> 3, trained on three clouds; in float64."""
    generator = torch.Generator().manual_seed(3)
    labels = torch.arange(600) % 3
    points = CENTRES[labels] + 0.28 * torch.randn(600, 2, generator=generator)
    torch.manual_seed(5)
    network = nn.Sequential(nn.Linear(2, 10), nn.ReLU(), nn.Linear(10, 10), nn.ReLU(), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
    for _ in range(120):
        loss = nn.functional.cross_entropy(network(points), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network.double().eval().requires_grad_(False)


def point(s: float, t: float) -> Tensor:
    """One input (2,)."""
    return torch.tensor([s, t], dtype=torch.float64)
