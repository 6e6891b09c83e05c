"""Objects through a pipe, one frame each: its length in eight bytes, then its pickle."""

import pickle
import struct
from typing import IO, Any

_HEAD = struct.Struct("<Q")


def write(pipe: IO[bytes], message: object) -> None:
    """Raises what pickling raises, before anything is written."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_HEAD.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def read(pipe: IO[bytes]) -> Any:
    """The next object; raises ``EOFError`` where the other side is gone."""
    (size,) = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    return pickle.loads(_exactly(pipe, size))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
