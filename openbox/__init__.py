"""OpenBox: open piecewise-linear neural networks exactly.

net = openbox.capture(model, example)
piece = net.linearize(x)            # f(x) = piece.weight x + piece.bias on the region of x
"""

from openbox.face import open_face

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = open_face(__name__, __file__)
