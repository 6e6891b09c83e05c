"""How many forward passes a call costs, by operations: those of its products over those of one pass."""

from collections.abc import Callable

from torch.utils.flop_counter import FlopCounterMode


def passes(call: Callable[[], object], forward: Callable[[], object]) -> float:
    """Multiplications in matrix products and convolutions, forward and backward, relative to ``forward``.

    Element-wise work and everything outside PyTorch is not counted: that is what the clock is for.
    """
    return _operations(call) / _operations(forward)


def _operations(call: Callable[[], object]) -> int:
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops()
