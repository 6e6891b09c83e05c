"""Values picked, repeated, put together and padded."""

from typing import Any

import numpy as np

from reference.arithmetic import first, mul
from reference.dense import Dense, array, handles, listed


def take(x: Dense, positions: Any, axis: int) -> Dense:
    return x.new(x.maps.take(np.asarray(positions, dtype=int), axis))


@handles("cat", "concat", "concatenate")
def cat(parts: Any, dim: int = 0) -> Dense:
    like = first(*parts)
    return like.new(np.concatenate([like.lift(part).maps for part in parts], dim % like.ndim))


@handles("stack")
def stack(parts: Any, dim: int = 0) -> Dense:
    like = first(*parts)
    return like.new(np.stack([like.lift(part).maps for part in parts], dim % (like.ndim + 1)))


@handles("split")
def split(x: Dense, split_size: Any, dim: int = 0) -> tuple[Dense, ...]:
    axis, total = dim % x.ndim, x.shape[dim]
    sizes = [split_size] * -(-total // split_size) if isinstance(split_size, int) else split_size
    starts = np.cumsum([0, *sizes])
    return tuple(
        narrow(x, axis, int(start), min(size, total - int(start)))
        for start, size in zip(starts, sizes, strict=False)
    )


@handles("chunk")
def chunk(x: Dense, chunks: int, dim: int = 0) -> tuple[Dense, ...]:
    return split(x, -(-x.shape[dim] // chunks), dim)


@handles("unbind")
def unbind(x: Dense, dim: int = 0) -> tuple[Dense, ...]:
    return tuple(select(x, dim, index) for index in range(x.shape[dim]))


@handles("narrow")
def narrow(x: Dense, dim: int, start: int, length: int) -> Dense:
    return x.new(x.maps[(slice(None),) * (dim % x.ndim) + (slice(start, start + length),)])


@handles("select")
def select(x: Dense, dim: int, index: int) -> Dense:
    return x.new(x.maps[(slice(None),) * (dim % x.ndim) + (index,)])


@handles("index_select")
def index_select(x: Dense, dim: int, index: Any) -> Dense:
    return take(x, array(index), dim % x.ndim)


@handles("gather")
def gather(x: Dense, dim: int, index: Any) -> Dense:
    indices, axis = array(index), dim % x.ndim
    maps = np.zeros((*indices.shape, x.maps.shape[-1]))
    for place in np.ndindex(*indices.shape):
        maps[place] = x.maps[(*place[:axis], indices[place], *place[axis + 1 :])]
    return x.new(maps)


@handles("flip")
def flip(x: Dense, *dims: Any) -> Dense:
    return x.new(np.flip(x.maps, tuple(dim % x.ndim for dim in listed(dims))))


@handles("roll")
def roll(x: Dense, shifts: Any, dims: Any) -> Dense:
    shift, axes = ([v] if isinstance(v, int) else list(v) for v in (shifts, dims))
    return x.new(np.roll(x.maps, shift, [axis % x.ndim for axis in axes]))


@handles("repeat", "tile")
def repeat(x: Dense, *sizes: Any) -> Dense:
    return x.new(np.tile(x.maps, (*listed(sizes), 1)))


@handles("repeat_interleave")
def repeat_interleave(x: Dense, repeats: Any, dim: int) -> Dense:
    return x.new(np.repeat(x.maps, array(repeats), dim % x.ndim))


@handles("tril")
def tril(x: Dense, diagonal: int = 0) -> Dense:
    return mul(x, np.tril(np.ones(x.shape[-2:]), diagonal))


@handles("triu")
def triu(x: Dense, diagonal: int = 0) -> Dense:
    return mul(x, np.triu(np.ones(x.shape[-2:]), diagonal))


@handles("diagonal")
def diagonal(x: Dense, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Dense:
    return x.new(np.moveaxis(x.maps.diagonal(offset, dim1 % x.ndim, dim2 % x.ndim), -1, -2))


@handles("constant_pad_nd")
def constant_pad_nd(x: Dense, pad_: list[int], value: float = 0.0) -> Dense:
    return pad(x, pad_, "constant", value)


@handles("index_add")
def index_add(x: Dense, dim: int, index: Any, source: Dense, *, alpha: float = 1) -> Dense:
    maps = np.moveaxis(x.maps.copy(), dim % x.ndim, 0)
    for place, row in zip(array(index), np.moveaxis(source.maps, dim % x.ndim, 0), strict=True):
        maps[place] += alpha * row
    return x.new(np.moveaxis(maps, 0, dim % x.ndim))


@handles("pad")
def pad(x: Dense, pad: list[int], mode: str = "constant", value: float | None = None) -> Dense:
    for number in range(len(pad) // 2):
        axis, (before, after) = x.ndim - 1 - number, pad[2 * number : 2 * number + 2]
        size = x.shape[axis]
        wanted = np.arange(-before, size + after)
        inside = (wanted >= 0) & (wanted < size)
        rows = {"reflect": size - 1 - np.abs(size - 1 - np.abs(wanted)), "circular": wanted % size}
        x = take(x, rows.get(mode, wanted.clip(0, size - 1)), axis)
        if mode == "constant":
            outside = x.maps[(slice(None),) * axis + (~inside,)].shape
            x.maps[(slice(None),) * axis + (~inside,)] = x.lift(np.full(outside[:-1], value or 0.0)).maps
    return x
