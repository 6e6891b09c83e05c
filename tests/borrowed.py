"""Everything of a model and of the process that the core may borrow but must give back, to be compared."""

import gc
import logging
import random
import sys
import warnings

import numpy as np
import torch
from torch import Tensor, nn

from openbox.module.precision import switches


def state(model: nn.Module) -> dict[str, object]:
    """A copy of the model's tensors, gradients, modes, hooks and attributes, and of the process."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        "tensors": {
            key: (id(value), value._version, value.clone())
            for key, value in model.state_dict(keep_vars=True).items()
        },
        "gradients": [(id(p.grad), None if p.grad is None else p.grad.clone()) for p in model.parameters()],
        "requires": [p.requires_grad for p in model.parameters()],
        "modes": [m.training for m in model.modules()],
        "hooks": [list(getattr(m, kind)) for m in model.modules() for kind in hooks],
        "attributes": [(id(m), *vars(m)) for m in model.modules()],
        **process(),
    }


def process() -> dict[str, object]:
    """Random states and every switch that is global or the thread's own."""
    return {
        "rng": torch.get_rng_state(),
        "numpy's rng": [str(part) for part in np.random.get_state()],
        "python's rng": random.getstate(),
        "grad": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "autocast": [(torch.is_autocast_enabled(d), torch.get_autocast_dtype(d)) for d in ("cpu", "cuda")],
        "precision": [switch.fp32_precision for switch in switches()],
        "dtype": torch.get_default_dtype(),
        "device": str(torch.get_default_device()),
        "threads": torch.get_num_threads(),
        "kernels": [
            torch.backends.mkldnn.enabled, torch.backends.nnpack.is_available(), torch.backends.cudnn.enabled,
            torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic,
            torch.are_deterministic_algorithms_enabled(), torch.is_anomaly_enabled(),
        ],
        "call": nn.Module.__call__,
        "modes on the stack": torch._C._len_torch_dispatch_stack(),
        "warnings": [list(warnings.filters), warnings.showwarning],
        "logging": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "python": [gc.isenabled(), sys.getrecursionlimit(), list(sys.path)],
    }  # fmt: skip


def same(a: object, b: object) -> bool:
    """Equal, tensor by tensor, to the last bit."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


def changed(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """The names of what is not as it was."""
    return [name for name in before if not same(before[name], after[name])]
