"""OpenBox: open piecewise-linear neural networks exactly.

net = openbox.capture(model, example)
piece = net.linearize(x)            # f(x) = piece.weight x + piece.bias on the region of x
"""

from openbox.capture import capture as capture
from openbox.cluster import cluster as cluster
from openbox.errors import CaptureError as CaptureError
from openbox.errors import CounterfactualNotFoundError as CounterfactualNotFoundError
from openbox.errors import InputError as InputError
from openbox.errors import NotPiecewiseLinearError as NotPiecewiseLinearError
from openbox.errors import OpenBoxError as OpenBoxError
from openbox.errors import StaleCaptureError as StaleCaptureError
from openbox.geometry.clusters import Clusters as Clusters
from openbox.geometry.counterfactual import Counterfactual as Counterfactual
from openbox.geometry.crossing import Crossing as Crossing
from openbox.geometry.crossing import GateUnit as GateUnit
from openbox.geometry.region import Region as Region
from openbox.geometry.segment import Segment as Segment
from openbox.geometry.slice import Slice as Slice
from openbox.linearize import LinearPiece as LinearPiece
from openbox.network import PiecewiseLinearNetwork as PiecewiseLinearNetwork
