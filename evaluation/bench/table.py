"""The one table of benchmarks."""

from ..command import Command
from .app import benchmark as app
from .app import crowd
from .capture import benchmark as capture
from .flip import benchmark as flip
from .geometry import benchmark as geometry
from .linearize import benchmark as linearize

BENCHMARKS: dict[str, Command] = {
    "app": Command(app.SUMMARY, app.declare, app.run),
    "capture": Command(capture.SUMMARY, capture.declare, capture.run),
    "crowd": Command(crowd.SUMMARY, crowd.declare, crowd.run),
    "flip": Command(flip.SUMMARY, flip.declare, flip.run),
    "geometry": Command(geometry.SUMMARY, geometry.declare, geometry.run),
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
