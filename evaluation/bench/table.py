"""The one table of benchmarks."""

from evaluation.bench import flip, linearize
from evaluation.command import Command

BENCHMARKS: dict[str, Command] = {
    "flip": Command(flip.SUMMARY, flip.declare, flip.run),
    "linearize": Command(linearize.SUMMARY, linearize.declare, linearize.run),
}
