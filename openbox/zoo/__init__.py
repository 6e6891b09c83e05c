"""Networks, data, training and checkpoints: real parts to open."""

from openbox.face import open_face

__getattr__, __dir__, __all__ = open_face(__name__, __file__)
