"""Mistakes in the geometry: regions, distances, facets, partitions, decisions, counterfactuals, clusters."""

from mutation.mutant import Mutant, Near

REGION_TOYS = "tests/geometry/regions/test_geometry_region_toys.py"
REGION_NAMES = "tests/geometry/regions/test_geometry_region_names.py"
TOYS = "tests/geometry/partition/test_geometry_toys.py"
HONESTY = Near("tests/geometry/test_geometry_honesty.py", "receipts")
SEGMENTS = "tests/geometry/partition/test_geometry_segment_hooks.py"
COUNTERFACTUALS = "tests/geometry/counterfactuals/test_geometry_counterfactual.py"
PROJECTIONS = Near("tests/geometry/counterfactuals/test_geometry_counterfactual_projection.py")
LABELS = Near("tests/geometry/clusters/test_geometry_clusters_labels.py")
PACKED = Near("tests/geometry/clusters/test_geometry_clusters_stable.py", "packed")

GEOMETRY = (
    Mutant(
        "what is rounding is a millionth", "tolerance", "openbox/geometry/tolerances.py",
        "NOISE = 1e-12 ", "NOISE = 1e-6 ",
        (Near(REGION_TOYS, "billion"),),
    ),
    Mutant(
        "the last unit at a crossing is named", "region", "openbox/geometry/regions/rays.py",
        "earlier = nearest < steps * (1 - SAME_STEP)", "earlier = nearest <= steps * (1 + SAME_STEP)",
        (Near(REGION_TOYS, "cube"),),
    ),
    Mutant(
        "distances in the norm itself, not its dual", "region", "openbox/geometry/regions/distance.py",
        "DUAL = {1: math.inf, 2: 2.0, math.inf: 1.0}", "DUAL = {1: 1.0, 2: 2.0, math.inf: math.inf}",
        (Near(REGION_TOYS, "square"),),
    ),
    Mutant(
        "the bound is widened in the wrong norm", "region", "openbox/geometry/regions/distance.py",
        "if dual == 1 else 1)", "if dual == 2 else 1)", (Near(REGION_NAMES, "bounds_of_all"),),
    ),
    Mutant(
        "a distance within a budget has no gap", "region", "openbox/geometry/regions/distance.py",
        "max(0.0, step - bound))", "0.0)", (Near(REGION_NAMES, "budget"),),
    ),
    Mutant(
        "offsets of half-spaces on the wrong side", "region", "openbox/geometry/regions/halfspaces.py",
        "margins[moves] - a @ local.x.flatten()", "margins[moves] + a @ local.x.flatten()",
        (Near(REGION_TOYS, "dense"),),
    ),
    Mutant(
        "a ball among rows of any length", "region", "openbox/geometry/regions/chebyshev.py",
        "np.r_[c / norms[:, 0],", "np.r_[c,", (Near(REGION_TOYS, "square or dense"),),
    ),
    Mutant(
        "the looser of two parallel rows is kept", "region", "openbox/geometry/regions/minimal.py",
        "np.round(c / scale, SAME_OFFSET)))", "-np.round(c / scale, SAME_OFFSET)))",
        (Near(REGION_TOYS, "square or symmetric"),),
    ),
    Mutant(
        "half-spaces are redundant by a hundredth", "tolerance", "openbox/geometry/tolerances.py",
        "DEPTH = 1e-8 ", "DEPTH = 1e-2 ", (Near(REGION_TOYS, "dense or symmetric or corner"),),
    ),
    Mutant(
        "a breakpoint lies in the interval it ends", "partition", "openbox/geometry/partition/segment.py",
        "searchsorted(self.t, t, right=True) - 1", "searchsorted(self.t, t, right=False) - 1",
        (Near(SEGMENTS), Near(TOYS, "segment")),
    ),
    Mutant(
        "a segment's error is always 0", "receipt", "openbox/geometry/partition/segment.py",
        "return largest and largest / float(theirs.abs().max())", "return 0.0 * largest", (HONESTY,),
    ),
    Mutant(
        "a slice's error is that of the best output", "receipt", "openbox/geometry/partition/slice.py",
        "np.abs(ours - theirs).max(1)", "np.abs(ours - theirs).min(1)", (HONESTY,),
    ),
    Mutant(
        "cells are clipped with a thousandth to spare", "tolerance", "openbox/geometry/tolerances.py",
        "WIDTH = 1e-11 ", "WIDTH = 1e-3 ", (Near(TOYS), Near(SEGMENTS)),
    ),
    Mutant(
        "corners on a border are cut off", "partition", "openbox/geometry/partition/convex.py",
        "inside = heights >= 0", "inside = heights > 0", (Near(TOYS),),
    ),
    Mutant(
        "a polygon's centre is that of a triangle too few", "partition",
        "openbox/geometry/partition/convex.py",
        "((a + b) / 3 * weights", "((a + b) / 2 * weights", (Near(TOYS), Near(SEGMENTS)),
    ),
    Mutant(
        "units that were not yet tried are forgotten", "partition", "openbox/geometry/partition/envelope.py",
        "alive = undecided(vertices[cell], functions[unit])",
        "alive = undecided(vertices[cell], functions[unit]) & (cell > 0)", (Near(TOYS),),
    ),
    Mutant(
        "a boundary is told from both of its sides", "partition", "openbox/geometry/partition/decision.py",
        "(np.arange(mine.shape[1]) > winner[:, None])", "(np.arange(mine.shape[1]) != winner[:, None])",
        (Near(TOYS, "boundary or classes"),),
    ),
    Mutant(
        "the box is turned round", "counterfactual", "openbox/geometry/counterfactuals/projection.py",
        "torch.where(normals > 0, domain.upper - domain.centre,",
        "torch.where(normals < 0, domain.upper - domain.centre,", (PROJECTIONS,),
    ),
    Mutant(
        "every point is certified", "counterfactual", "openbox/geometry/counterfactuals/relaxation.py",
        "certified = max(radius, enough) <= solved.bound * (1 + CERTAIN)", "certified = True",
        (Near(COUNTERFACTUALS),),
    ),
    Mutant(
        "a class is reached a little too early", "counterfactual",
        "openbox/geometry/counterfactuals/specification.py",
        "_others(f, self.original).amax(1) - f[:, self.original] - self.excess",
        "_others(f, self.original).amax(1) - f[:, self.original] + self.excess",
        (Near(COUNTERFACTUALS),),
    ),
    Mutant(
        "polished points are not verified", "counterfactual",
        "openbox/geometry/counterfactuals/region_refinement.py",
        "return bool(specification.score(point[None]) >= -specification.excess / 2)", "return True",
        (Near(COUNTERFACTUALS),),
    ),
    Mutant(
        "winners that differ in two bits are the same", "clusters", "openbox/geometry/clusters/packed.py",
        "np.bitwise_or.reduce(", "np.bitwise_xor.reduce(", (PACKED,),
    ),
    Mutant(
        "an input agrees with itself by chance", "clusters", "openbox/geometry/clusters/purity.py",
        "(counts * (counts - 1)).sum()", "(counts * counts).sum()", (LABELS,),
    ),
)  # fmt: skip
