from openbox.errors import CaptureError as CaptureError
from openbox.errors import CounterfactualNotFoundError as CounterfactualNotFoundError
from openbox.errors import InputError as InputError
from openbox.errors import NotPiecewiseLinearError as NotPiecewiseLinearError
from openbox.errors import OpenBoxError as OpenBoxError
from openbox.errors import StaleCaptureError as StaleCaptureError
from openbox.geometry.clusters.clustering import cluster as cluster
from openbox.geometry.clusters.clusters import Clusters as Clusters
from openbox.geometry.counterfactuals.counterfactual import Counterfactual as Counterfactual
from openbox.geometry.partition.segment import Segment as Segment
from openbox.geometry.partition.slice import Slice as Slice
from openbox.geometry.regions.crossing import Crossing as Crossing
from openbox.geometry.regions.crossing import GateUnit as GateUnit
from openbox.geometry.regions.region import Region as Region
from openbox.linearize import LinearPiece as LinearPiece
from openbox.network import PiecewiseLinearNetwork as PiecewiseLinearNetwork
from openbox.opening import capture as capture

__version__: str
