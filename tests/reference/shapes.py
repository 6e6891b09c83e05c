"""The same numbers in another shape or order: views, as far as NumPy's are PyTorch's."""

from typing import Any

import numpy as np
import torch

from reference.dense import HANDLERS, Dense, handles, listed


@handles("view", "reshape")
def reshape(x: Dense, *shape: Any) -> Dense:
    return x.new(x.maps.reshape(*listed(shape), x.maps.shape[-1]))


@handles("flatten")
def flatten(x: Dense, start_dim: int = 0, end_dim: int = -1) -> Dense:
    start, end = start_dim % x.ndim, end_dim % x.ndim
    return x.new(x.maps.reshape(*x.shape[:start], -1, *x.maps.shape[end + 1 :]))


@handles("unflatten")
def unflatten(x: Dense, dim: int, sizes: Any) -> Dense:
    axis = dim % x.ndim
    return x.new(x.maps.reshape(*x.shape[:axis], *sizes, *x.maps.shape[axis + 1 :]))


@handles("permute")
def permute(x: Dense, *dims: Any) -> Dense:
    return x.new(x.maps.transpose(*[dim % x.ndim for dim in listed(dims)], x.ndim))


@handles("transpose", "swapaxes", "swapdims")
def transpose(x: Dense, dim0: int, dim1: int) -> Dense:
    return x.new(x.maps.swapaxes(dim0 % x.ndim, dim1 % x.ndim))


@handles("movedim", "moveaxis")
def movedim(x: Dense, source: Any, destination: Any) -> Dense:
    old, new = ([dim % x.ndim for dim in ([dims] if isinstance(dims, int) else dims)]
                for dims in (source, destination))  # fmt: skip
    return x.new(np.moveaxis(x.maps, old, new))


@handles("squeeze")
def squeeze(x: Dense, dim: Any) -> Dense:
    dims = [d % x.ndim for d in ([dim] if isinstance(dim, int) else dim)]
    return x.new(x.maps.squeeze(tuple(d for d in dims if x.shape[d] == 1)))


@handles("unsqueeze")
def unsqueeze(x: Dense, dim: int) -> Dense:
    return x.new(np.expand_dims(x.maps, dim % (x.ndim + 1)))


@handles("expand")
def expand(x: Dense, *sizes: Any) -> Dense:
    wanted = listed(sizes)
    old = (1,) * (len(wanted) - x.ndim) + tuple(x.shape)
    shape = [was if size == -1 else size for was, size in zip(old, wanted, strict=True)]
    return x.new(np.broadcast_to(x.maps, (*shape, x.maps.shape[-1])))


@handles("expand_as")
def expand_as(x: Any, other: Any) -> Any:
    return x.expand(*other.shape)


@handles("clone")
def clone(x: Dense, memory_format: Any = None) -> Dense:
    return x.new(x.maps.copy())


@handles("contiguous", "detach", "alias")
def same(x: Dense) -> Dense:
    return x


@handles("size")
def size(x: Dense, dim: int | None = None) -> Any:
    return x.shape if dim is None else x.shape[dim]


@handles("numel")
def numel(x: Dense) -> int:
    return x.shape.numel()


HANDLERS[torch.Tensor.dim] = lambda x: x.ndim
