"""The device that a command line names."""

import torch

from openbox.errors import InputError


def find_device(name: str) -> torch.device:
    """The device ``name`` (``cpu``, ``cuda``, ``cuda:1``); raises ``InputError`` if it is not here."""
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:  # no such device, or no CUDA
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"no device {name!r} here ({reason}); try --device cpu") from error
