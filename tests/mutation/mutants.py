"""The one table of mutants: what the suite must see, whatever it costs to run."""

from mutation.explainers import EXPLAINERS
from mutation.gates import GATES
from mutation.geometry import GEOMETRY
from mutation.leaderboard import LEADERBOARD
from mutation.mutant import Mutant
from mutation.rules import RULES
from mutation.scores import SCORES

MUTANTS: tuple[Mutant, ...] = (*RULES, *GATES, *GEOMETRY, *EXPLAINERS, *SCORES, *LEADERBOARD)
