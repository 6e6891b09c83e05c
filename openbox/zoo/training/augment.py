"""Random translations and mirror images of a batch."""

import torch
from torch import Tensor
from torch.nn.functional import pad


def augment(x: Tensor, shift: int, flip: bool, generator: torch.Generator) -> Tensor:
    """Translate each image by up to ``shift`` pixels (black enters) and mirror half of them.

    x: (N, C, H, W); the random numbers are drawn on the CPU, so that a seed means the same everywhere.
    """
    count, channels, height, width = x.shape
    padded = pad(x, (shift,) * 4)
    corner = torch.randint(0, 2 * shift + 1, (2, count, 1), generator=generator).to(x.device)
    rows = corner[0] + torch.arange(height, device=x.device)  # (N, H)
    columns = corner[1] + torch.arange(width, device=x.device)  # (N, W)
    if flip:
        mirrored = torch.rand(count, 1, generator=generator).to(x.device) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    image = torch.arange(count, device=x.device).view(-1, 1, 1, 1)
    channel = torch.arange(channels, device=x.device).view(1, -1, 1, 1)
    return padded[image, channel, rows[:, None, :, None], columns[:, None, None, :]]
